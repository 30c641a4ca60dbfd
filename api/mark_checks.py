"""What a new mark may say, of which time, in which sector, and not twice."""

from datetime import datetime, timedelta
from typing import Any

from api.mark_shapes import NewMark
from api.problems import InputProblem, Problem
from records.marks.codes import MarkCode, codes
from smartpark import db, queries

_Q = queries.load("api", "marks.sql")
_LONGEST = timedelta(days=31)


def code_of(body: NewMark) -> MarkCode:
    """Return the code of a new mark.

    Raises:
        InputProblem: it is none of this kind.

    """
    code = codes().get(body.code)
    if code is None or code.kind != body.kind:
        allowed = ", ".join(one.code for one in codes().values() if one.kind == body.kind)
        raise InputProblem(
            "body.code",
            f"不是此类标记的代码; 可选: {allowed}",
            f"is no code of this kind; write one of {allowed}",
        )
    return code


def check_sector(code: MarkCode, place: dict[str, Any]) -> None:
    """Refuse a code of another sector: what a power plant may say of its boiler a chemical works may not.

    Raises:
        InputProblem: with the codes that may be used.

    """
    if code.sector not in ("", place["sector"]):
        allowed = ", ".join(
            one.code
            for one in codes().values()
            if one.kind == code.kind and one.sector in ("", place["sector"])
        )
        raise InputProblem(
            "body.code",
            f"此代码只适用于 {code.sector} 行业, 该企业为 {place['sector'] or '-'}; 可选: {allowed}",
            f"is a code of the sector {code.sector}, the enterprise's is {place['sector'] or '-'}; write one of {allowed}",
        )


def check_span(body: NewMark, now: datetime, mark_days: int) -> None:
    """Refuse what is not whole minutes, too long, or too far from now.

    Raises:
        InputProblem: with the field.

    """
    if any(at.second or at.microsecond for at in (body.starts_at, body.ends_at)):
        raise InputProblem("body.starts_at", "起止须为整分钟", "and ends_at must be whole minutes")
    if not body.starts_at < body.ends_at <= body.starts_at + _LONGEST:
        raise InputProblem(
            "body.ends_at", "须晚于开始, 且时段最长 31 天", "must be later than the start, by at most 31 days"
        )
    if body.starts_at < now - timedelta(days=mark_days):
        raise InputProblem(
            "body.starts_at",
            f"超过 {mark_days} 天的数据不能再标记",
            f"is more than {mark_days} days ago; such data can be marked no more",
        )
    if body.ends_at > now + timedelta(days=mark_days):
        raise InputProblem(
            "body.ends_at", f"最多提前 {mark_days} 天标记", f"is more than {mark_days} days ahead"
        )


def check_new(conn: db.DictConnection, station: int, body: NewMark) -> None:
    """Refuse what a mark that stands says already; the station is held until the transaction ends.

    Raises:
        Problem: with the number of the first.

    """
    conn.execute(_Q.hold_station, {"station": station})
    said = {name: getattr(body, name) for name in ("sensor", "kind", "code", "starts_at", "ends_at")}
    first = conn.execute(_Q.said_already, {**said, "station": station}).fetchone()
    if first is not None:
        raise Problem(
            409,
            f"同一时段已有相同标记 {first['id']}; 请在该标记上补充凭证, 或撤回后重新申报",
            f"mark {first['id']} says the same of the same time; add to it, or withdraw it first",
            more={"mark": first["id"]},
        )
