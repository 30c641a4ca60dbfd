"""Files what people did with the records of the demo, through the functions that the API uses; each stage once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from psycopg.types.json import Jsonb

from records.corrections import chain, decisions
from records.corrections.foresight import foreseen
from records.corrections.proposal import Proposal
from records.demo import papers
from records.demo.papers import Paper
from records.demo.troubles import Deed, Trouble, chosen, deeds
from records.emissions import totals
from records.emissions.totals import Scope, Span
from records.marks.codes import codes
from records.marks.filing import follow
from records.marks.terms import month_of, next_month, voucher_due
from smartpark import db, queries

Q = queries.load("records.demo", "demo.sql")
BUREAU, CLERK, DUTY = "bureau", "enterprise", "operator"

_BACK = timedelta(days=62)
_DRIFTS = (0.4, -0.9, 0.6, 1.2, 3.4, -1.1, 0.3, 1.8)  # of the span [%]; the limit is 2.5
_DIFFERS = (1.2, -1.8, 0.6, -3.1, 2.4, -0.9, -14.0)  # what enterprises declare from what was measured [%]
_DECLARING = 8


@dataclass(frozen=True, slots=True)
class Desk:
    """Where it is filed: a connection, the park, and how the product is set."""

    conn: db.Connection
    now: datetime
    park_id: int
    park: str
    zone: ZoneInfo
    clerk_of: int | None
    voucher_day: int
    oxygen_not_running: float
    pass_rate: float

    @property
    def month(self) -> datetime:
        """Return the begin of this month."""
        return month_of(self.now, self.zone)

    def month_before(self, months: int = 1) -> datetime:
        """Return the begin of an earlier month."""
        month = self.month
        for _ in range(months):
            month = month_of(month - timedelta(days=1), self.zone)
        return month

    def actor(self, enterprise_id: int) -> str:
        """Return who speaks for an enterprise: its clerk, or the duty operator for those without one in the demo."""
        return CLERK if enterprise_id == self.clerk_of else DUTY

    def note(self, actor: str, action: str, about: str, **detail: Any) -> None:
        """Write a line of the audit trail."""
        said = {"at": self.now, "actor": actor, "action": action, "object": about, "detail": Jsonb(detail)}
        self.conn.execute(Q.note, said)

    def attach(self, about: str, paper: Paper, **who: Any) -> int:
        """Keep a file; return its number."""
        kept = {
            "name": paper.name,
            "media_type": paper.media_type,
            "content": paper.content,
            "sha256": paper.sha256,
        }
        return _number(self.conn, Q.attach, {"object": about, **kept, **who})


def once(desk: Desk, stage: str, work: Callable[[Desk], str]) -> str:
    """Do a stage in one transaction if it was not done before; return what was done in words."""
    with desk.conn.transaction():
        desk.conn.execute(Q.alone)
        row = desk.conn.execute(Q.is_done, {"stage": stage}).fetchone()
        if row is not None and row[0]:
            return ""
        said = work(desk)
        desk.note("system", "demo.filed", stage, said=said)
    return said


def marks(desk: Desk) -> str:
    """File marks on what went wrong last month and this one, prove half of them, let the bureau decide some."""
    about = {"from": desk.month_before(), "to": desk.now}
    found = [Trouble(*row) for row in desk.conn.execute(Q.troubles, about)]
    plan = deeds(chosen(found, desk.clerk_of), desk.now)
    numbers: dict[Trouble, int] = {}
    for deed in plan:
        if deed.step == "file":
            numbers[deed.trouble] = _filed(desk, deed)
        elif deed.step == "prove":
            _proved(desk, deed, numbers[deed.trouble])
        else:
            _decided(desk, deed, numbers[deed.trouble])
    return f"{len(numbers)} marks"


def _filed(desk: Desk, deed: Deed) -> int:
    one, code = deed.trouble, codes()[deed.trouble.code]
    said = {"kind": code.kind, "code": code.code, "effect": code.effect, "reason": one.reason}
    span = {"starts_at": one.starts_at, "ends_at": one.ends_at}
    due = voucher_due(one.starts_at, deed.at, desk.zone, desk.voucher_day)
    actor = desk.actor(one.enterprise_id)
    about = {"station_id": one.station_id, "actor": actor, "at": deed.at, "voucher_due": due}
    number = _number(desk.conn, Q.file_mark, {**said, **span, **about})
    told = {**said, **span, "station": one.station, "sensor": None}
    follow(desk.conn, number, now=deed.at, actor=actor, action="mark.file", content=told)
    return number


def _proved(desk: Desk, deed: Deed, number: int) -> None:
    one = deed.trouble
    local = one.starts_at.astimezone(desk.zone)
    lines = (f"Station {one.station}", f"{one.code} from {local:%Y-%m-%d %H:%M}", "Demo voucher, invented")
    if number % 3:
        paper = papers.page(f"{one.station}-{local:%Y%m%d}-{one.code}", lines)
    else:
        course = [0.05] * 8 + [0.8] * 12 + [0.05] * 8
        paper = papers.strip(f"{one.station}-{local:%Y%m%d}-{one.code}", course)
    actor = desk.actor(one.enterprise_id)
    desk.attach(f"mark {number}", paper, enterprise_id=one.enterprise_id, actor=actor, at=deed.at)
    told = {"name": paper.name, "sha256": paper.sha256.hex(), "bytes": len(paper.content)}
    follow(desk.conn, number, now=deed.at, actor=actor, action="mark.voucher", content=told, remake=False)


def _decided(desk: Desk, deed: Deed, number: int) -> None:
    note = "凭证与标记时段不符，请补充运维记录" if deed.fate == "refused" else None
    said = {"state": deed.fate, "note": note}
    desk.conn.execute(Q.decide_mark, {"id": number, "actor": BUREAU, "at": deed.at, **said})
    follow(desk.conn, number, now=deed.at, actor=BUREAU, action="mark.decide", content=said)


def corrections(desk: Desk) -> str:
    """Mend the slip of a unit with a second person, and leave one exclusion waiting for one."""
    about = {"from": desk.now - _BACK / 2, "to": desk.now}
    done = 0
    slip = desk.conn.execute(Q.slip, about).fetchone()
    sensor = 0
    if slip is not None:
        sensor, owner, start, end = slip
        reason = "数采仪更换后该因子误按千分之一的单位上传（µg/L 当作 mg/L），数值应除以 1000"
        number = _proposed(
            desk,
            owner,
            Proposal(
                sensor_id=sensor, kind="scale", starts_at=start, ends_at=end, factor=0.001, reason=reason
            ),
        )
        words = "已核对现场分析仪示值与更换记录"
        decisions.decide(desk.conn, number, "confirm", actor=BUREAU, now=desk.now, note=words)
        desk.note(BUREAU, "correction.confirm", f"correction/{number}", note=words)
        done += 1
    over = desk.conn.execute(Q.exceeded, {**about, "but": sensor}).fetchone()
    if over is not None:
        number_of, owner, start, end = over
        reason = "该小时内通入标准气体比对，数值不代表排放，申请剔除"
        proposal = Proposal(sensor_id=number_of, kind="exclude", starts_at=start, ends_at=end, reason=reason)
        _proposed(desk, owner, proposal)
        done += 1
    return f"{done} corrections"


def _proposed(desk: Desk, owner: int, proposal: Proposal) -> int:
    actor = desk.actor(owner)
    foresee = foreseen(desk.oxygen_not_running, desk.now)
    number = decisions.propose(desk.conn, proposal, actor=actor, now=desk.now, preview=foresee)
    said = {"sensor": proposal.sensor_id, "kind": proposal.kind}
    desk.note(actor, "correction.propose", f"correction/{number}", **said)
    return number


def checks(desk: Desk) -> str:
    """Write down checks of zero and span of the last weeks; one of them failed."""
    midnight = datetime.combine(desk.now.astimezone(desk.zone).date(), time(), desk.zone)
    done = 0
    for n, row in enumerate(desk.conn.execute(Q.checked).fetchall()[: len(_DRIFTS)]):
        sensor, quantity, owner, span = row
        kind = "span" if n % 2 else "zero"
        at = midnight - timedelta(days=2 * n + 2) + timedelta(hours=9, minutes=10 * n)
        standard = 0.8 * span if kind == "span" else 0.0
        said = {
            "sensor_id": sensor,
            "kind": kind,
            "at": at,
            "standard": standard,
            "measured": round(standard + _DRIFTS[n] / 100 * span, 3),
            "span": span,
            "note": f"{quantity} 标气核查",
        }
        actor = desk.actor(owner)
        number = _number(desk.conn, Q.enter_check, {**said, "actor": actor, "now": desk.now})
        desk.note(actor, "drift.enter", f"drift/{number}", **said | {"at": at.isoformat()})
        done += 1
    return f"{done} checks of drift"


def declared(desk: Desk) -> str:
    """Declare last month for some enterprises, a little away from what was measured."""
    start = desk.month_before()
    amounts = totals.amounts(
        desk.conn, Scope(desk.park_id), Span(start, next_month(start), desk.zone), "month"
    )
    kg: dict[tuple[int, str], float] = {}
    for one in amounts:
        if one.enterprise_id is not None:
            key = (one.enterprise_id, one.pollutant)
            kg[key] = kg.get(key, 0.0) + one.mass.total_kg
    owners = sorted({owner for owner, _ in kg})[:_DECLARING]
    done = 0
    for n, (owner, pollutant) in enumerate(sorted(key for key in kg if key[0] in owners)):
        said = {
            "enterprise_id": owner,
            "pollutant": pollutant,
            "year": start.year,
            "month": start.month,
            "kg": round(kg[owner, pollutant] * (1 + _DIFFERS[n % len(_DIFFERS)] / 100), 1),
            "document": f"排污许可执行报告 {start.year} 年 {start.month} 月(演示)",
        }
        actor = desk.actor(owner)
        done += desk.conn.execute(Q.declare, {**said, "actor": actor, "now": desk.now}).rowcount
    desk.note(DUTY, "emissions_loaded", desk.park, declared=done)
    return f"{done} declared amounts"


def sand(desk: Desk) -> str:
    """Declare the dustiest day of the last year as an episode, on a document."""
    about = {"from": desk.month_before(11), "to": desk.now}
    row = desk.conn.execute(Q.dust, about).fetchone()
    if row is None:
        return "no sand"
    start, end = row
    day = start.astimezone(desk.zone)
    document = f"沙尘天气过程认定 {day:%Y}-07 号(演示)"
    said = {"name": f"{day:%m}月{day:%d}日沙尘过程", "starts_at": start, "ends_at": end, "document": document}
    who = {"actor": BUREAU, "now": desk.now}
    number = _number(desk.conn, Q.declare_episode, {**said, **who, "park_id": desk.park_id})
    name = f"sand {number}"
    chain.append(desk.conn, at=desk.now, actor=BUREAU, action="sand.declare", object=name, content=said)
    lines = (f"Sand-dust episode {start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC", "Demo notice, invented")
    paper = papers.page(f"sand-{day:%Y%m%d}", lines)
    attachment = desk.attach(name, paper, enterprise_id=None, actor=BUREAU, at=desk.now)
    desk.conn.execute(Q.episode_paper, {"id": number, "attachment_id": attachment})
    told = {"name": paper.name, "sha256": paper.sha256.hex(), "bytes": len(paper.content)}
    chain.append(desk.conn, at=desk.now, actor=BUREAU, action="sand.document", object=name, content=told)
    desk.note(BUREAU, "sand.declare", f"sand/{number}", document=document)
    return "a sand-dust episode"


def _number(conn: db.Connection, query: Any, values: dict[str, Any]) -> int:
    row = conn.execute(query, values).fetchone()
    return int(row[0]) if row is not None else 0
