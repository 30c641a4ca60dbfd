"""What people enter about emissions: permits, assigned cuts, declarations (排污许可执行报告) and calculated amounts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, LiteralString

from fastapi import APIRouter, Depends, Path, Response

from api.emission_entries import (
    Allowance,
    CalculatedEmission,
    DeclaredEmission,
    Entry,
    NewAllowance,
    NewCalculated,
    NewDeclared,
    NewReduction,
    Reduction,
)
from api.emission_scope import Q, asked, enterprise_meant, outlet_meant, pollutant_meant
from api.login import note
from api.problems import InputProblem, Problem, not_found
from api.routes.places import Code
from api.shapes import Listing
from api.visit import Paging, Reads, Visit, as_json, may
from smartpark import clock, db

router = APIRouter()

Officiates = Annotated[Visit, Depends(may("officiate"))]
Marks = Annotated[Visit, Depends(may("mark"))]
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]

Wanted = Callable[[db.DictConnection, Any, int], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Register:
    """One of the four: its queries, what it is called, and what a body means."""

    word: str
    zh: str
    listed: LiteralString
    add: LiteralString
    change: LiteralString
    wanted: Wanted


@router.get("/allowances", response_model=Listing[Allowance])
def allowances(
    visit: Reads, page: Paging, enterprise: Code = None, year: int | None = None, pollutant: Code = None
) -> Response:
    """List what is permitted."""
    return _list(visit, page, _ALLOWANCE, enterprise=enterprise, year=year, pollutant=pollutant)


@router.post("/allowances", response_model=Allowance, status_code=201)
def add_allowance(visit: Officiates, body: NewAllowance) -> Response:
    """Enter a permit."""
    return _put(visit, _ALLOWANCE, body)


@router.put("/allowances/{number}", response_model=Allowance)
def change_allowance(visit: Officiates, number: Number, body: NewAllowance) -> Response:
    """Enter a permit anew; what it was stays in the audit trail."""
    return _put(visit, _ALLOWANCE, body, number)


@router.get("/reductions", response_model=Listing[Reduction])
def reductions(visit: Reads, page: Paging, park: Code = None, pollutant: Code = None) -> Response:
    """List what parks have to cut."""
    return _list(visit, page, _REDUCTION, park=park, pollutant=pollutant)


@router.post("/reductions", response_model=Reduction, status_code=201)
def add_reduction(visit: Officiates, body: NewReduction) -> Response:
    """Enter an assigned cut."""
    return _put(visit, _REDUCTION, body)


@router.put("/reductions/{number}", response_model=Reduction)
def change_reduction(visit: Officiates, number: Number, body: NewReduction) -> Response:
    """Enter an assigned cut anew; what it was stays in the audit trail."""
    return _put(visit, _REDUCTION, body, number)


@router.get("/declared-emissions", response_model=Listing[DeclaredEmission])
def declared_emissions(
    visit: Reads, page: Paging, enterprise: Code = None, year: int | None = None, pollutant: Code = None
) -> Response:
    """List what enterprises reported (排污许可执行报告)."""
    return _list(visit, page, _DECLARED, enterprise=enterprise, year=year, pollutant=pollutant)


@router.post("/declared-emissions", response_model=DeclaredEmission, status_code=201)
def add_declared(visit: Marks, body: NewDeclared) -> Response:
    """Report an amount; an enterprise reports its own."""
    return _put(visit, _DECLARED, body)


@router.put("/declared-emissions/{number}", response_model=DeclaredEmission)
def change_declared(visit: Marks, number: Number, body: NewDeclared) -> Response:
    """Report an amount anew; what it was stays in the audit trail."""
    return _put(visit, _DECLARED, body, number)


@router.get("/calculated-emissions", response_model=Listing[CalculatedEmission])
def calculated_emissions(
    visit: Reads, page: Paging, enterprise: Code = None, year: int | None = None, pollutant: Code = None
) -> Response:
    """List what is calculated."""
    return _list(visit, page, _CALCULATED, enterprise=enterprise, year=year, pollutant=pollutant)


@router.post("/calculated-emissions", response_model=CalculatedEmission, status_code=201)
def add_calculated(visit: Officiates, body: NewCalculated) -> Response:
    """Enter a calculated amount."""
    return _put(visit, _CALCULATED, body)


@router.put("/calculated-emissions/{number}", response_model=CalculatedEmission)
def change_calculated(visit: Officiates, number: Number, body: NewCalculated) -> Response:
    """Enter a calculated amount anew; what it was stays in the audit trail."""
    return _put(visit, _CALCULATED, body, number)


def _list(visit: Visit, page: Any, register: Register, **wanted: Any) -> Response:
    (after,) = page.after(register.word, int)
    with visit.open() as conn:
        about = {**wanted, "id": None, "after": after, "limit": page.limit + 1}
        rows = conn.execute(register.listed, about).fetchall()
    return as_json(page.answer(register.word, rows, "id"))


def _put(visit: Visit, register: Register, body: Entry, number: int | None = None) -> Response:
    """Write an entry; what is named must be seen by who writes, so that an enterprise writes its own only."""
    now, actor = clock.now(), visit.principal.actor
    with visit.open() as conn:
        before = None if number is None else _one(conn, register, number)
        park_id = asked(conn, body.park).park["id"]
        pollutant_meant(conn, body.pollutant, "body")
        said = body.model_dump(exclude={"park", "enterprise", "station"})
        wanted = {**said, "park_id": park_id, **register.wanted(conn, body, park_id)}
    with visit.house.whole(visit.zone) as conn:
        if register is _DECLARED:
            _check_declared(conn, wanted, number)
        about = {**wanted, "id": number, "actor": actor, "now": now}
        row = conn.execute(register.add if number is None else register.change, about).fetchone()
        if row is None:
            raise Problem(
                409,
                f"已有相同的{register.zh}; 请修改原记录",
                f"this {register.word} is there; change that one",
            )
        after = _one(conn, register, row["id"])
        action = f"{register.word}.{'add' if number is None else 'change'}"
        detail = {"after": _plain(after)} | ({"before": _plain(before)} if before else {})
        note(conn, now, actor, action, f"{register.word}/{row['id']}", detail=detail)
    return as_json(after, 201 if number is None else 200)


def _one(conn: db.DictConnection, register: Register, number: int) -> dict[str, Any]:
    nothing = dict.fromkeys(("after", "enterprise", "year", "pollutant", "park"))
    row = conn.execute(register.listed, {**nothing, "id": number, "limit": 1}).fetchone()
    if row is None:
        raise not_found(f"{register.zh} {number}", f"{register.word} {number}")
    return row


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in row.items()}


def _wanted_allowance(conn: db.DictConnection, body: NewAllowance, park_id: int) -> dict[str, Any]:
    owner = enterprise_meant(conn, park_id, body.enterprise)
    outlet = None if body.station is None else outlet_meant(conn, park_id, body.station)
    if outlet is not None and outlet["enterprise_id"] != owner["id"]:
        zh, en = (
            f"{body.station} 不是 {body.enterprise} 的排口",
            f"{body.station} is no outlet of {body.enterprise}",
        )
        raise InputProblem("body.station", zh, en)
    if body.valid_to < body.valid_from:
        raise InputProblem("body.valid_to", "不得早于 valid_from", "must not be before valid_from")
    if not body.valid_from.year <= body.year <= body.valid_to.year:
        zh, en = "不在许可证有效期内", "is not within the time the permit is valid"
        raise InputProblem("body.year", zh, en)
    return {"enterprise_id": owner["id"], "station_id": outlet and outlet["id"]}


def _wanted_reduction(_: db.DictConnection, body: NewReduction, __: int) -> dict[str, Any]:
    if body.due_year <= body.base_year:
        raise InputProblem("body.due_year", "必须晚于 base_year", "must be after base_year")
    return {}


def _wanted_declared(conn: db.DictConnection, body: NewDeclared, park_id: int) -> dict[str, Any]:
    if (body.quarter is None) == (body.month is None):
        zh, en = "请填写 quarter 与 month 之一", "write one of quarter and month"
        raise InputProblem("body.quarter", zh, en)
    return {"enterprise_id": enterprise_meant(conn, park_id, body.enterprise)["id"]}


def _wanted_calculated(conn: db.DictConnection, body: NewCalculated, park_id: int) -> dict[str, Any]:
    if body.month.day != 1:
        first = body.month.replace(day=1)
        raise InputProblem(
            "body.month", f"请写月份的第一天, 如 {first}", f"write the first day of the month, {first}"
        )
    return {"enterprise_id": enterprise_meant(conn, park_id, body.enterprise)["id"]}


def _check_declared(conn: db.DictConnection, wanted: Mapping[str, Any], number: int | None) -> None:
    """Refuse what would be counted twice: a month of a quarter that is declared, or the other way round."""
    other = conn.execute(Q.declared_over, {**wanted, "id": number}).fetchone()
    if other is not None:
        raise Problem(
            409,
            f"该时段已申报(记录 {other['id']}); 季度与其月份不能同时申报, 请修改原记录",
            f"declaration {other['id']} covers this time; a quarter and its months exclude each other, change that one",
        )


_ALLOWANCE = Register(
    "allowance", "许可排放量", Q.allowances, Q.add_allowance, Q.change_allowance, _wanted_allowance
)
_REDUCTION = Register(
    "reduction", "减排任务", Q.reductions, Q.add_reduction, Q.change_reduction, _wanted_reduction
)
_DECLARED = Register(
    "declaration", "申报量", Q.declared_emissions, Q.add_declared, Q.change_declared, _wanted_declared
)
_CALCULATED = Register(
    "calculation", "核算量", Q.calculated_emissions, Q.add_calculated, Q.change_calculated, _wanted_calculated
)
