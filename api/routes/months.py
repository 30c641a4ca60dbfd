"""Months that are finalised (定稿): their state, their frozen sheet, and every change after."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from api.correction_shapes import entry_shown
from api.free_text import Printable
from api.in_person import in_person
from api.login import note as noted
from api.month_shapes import MonthConflict, MonthSheet, MonthState
from api.problems import InputProblem, Problem, not_found
from api.routes.places import Code
from api.shapes import Listing
from api.visit import Reads, Visit, as_json, may
from records.corrections import chain, sealing, sheet
from records.corrections.proposal import ClashError, RefusedError
from records.corrections.sheet import Month
from smartpark import clock, db, queries

router = APIRouter(prefix="/months", tags=["records"])
_Q = queries.load("api", "months.sql")

EnterpriseCode = Annotated[str, Path(min_length=1, max_length=100, pattern=r"^[^\x00]+$")]
MonthName = Annotated[str, Path(pattern=r"^(19[7-9]|20\d)\d-(0[1-9]|1[0-2])$", description="YYYY-MM")]
Officiates = Annotated[Visit, Depends(may("officiate"))]
_CLASH: dict[int | str, dict[str, Any]] = {
    409: {"model": MonthConflict, "description": "Not over, finalised already, or something waits"}
}


class Finalise(BaseModel):
    """How to finalise."""

    model_config = ConfigDict(extra="forbid")
    force: bool = Field(default=False, description="pass over marks that wait; takes a reason")
    reason: Annotated[str, Field(max_length=2000, pattern=r"^[^\x00]*$"), Printable] = ""


@router.get("", response_model=Listing[MonthState])
def months(
    visit: Reads,
    enterprise: Code = None,
    year: Annotated[int | None, Query(ge=1970, le=2199, description="default: this one")] = None,
) -> Response:
    """List the months of a year that have begun, newest first, with how far each enterprise is."""
    now = clock.now()
    with visit.open() as conn:
        about = {"enterprise": enterprise, "year": year or now.year, "now": now}
        rows = conn.execute(_Q.months, about).fetchall()
    return as_json({"items": rows, "next": None})


@router.get("/{enterprise}/{month}", response_model=MonthSheet)
def month_sheet(visit: Reads, enterprise: EnterpriseCode, month: MonthName) -> Response:
    """Return the sheet of a month: frozen with the changes after it, or as it stands with what is in the way."""
    return as_json(_sheet(visit, enterprise, month))


@router.post("/{enterprise}/{month}/finalise", response_model=MonthSheet, status_code=201, responses=_CLASH)
def finalise_month(
    visit: Officiates, enterprise: EnterpriseCode, month: MonthName, body: Finalise
) -> Response:
    """Finalise a month: its figures never change again, later changes are listed beside them."""
    in_person(visit)
    now, actor = clock.now(), visit.principal.actor
    try:
        with visit.house.whole() as conn:
            found = _month(conn, enterprise, month)
            number = sealing.seal(conn, found, actor=actor, now=now, force=body.force, reason=body.reason)
            about = {
                "enterprise": found.code,
                "month": month,
                "force": body.force,
                "reason": body.reason.strip(),
            }
            noted(conn, now, actor, "month.finalise", f"month/{number}", detail=about)
    except sealing.BlockedError as error:
        raise Problem(409, error.zh, error.en, more={"blockers": error.blockers}) from error
    except ClashError as error:
        raise Problem(409, error.zh, error.en) from error
    except RefusedError as error:
        raise InputProblem(f"body.{error.field}", error.zh, error.en) from error
    return as_json(_sheet(visit, enterprise, month), 201)


def _month(conn: db.DictConnection, enterprise: str, month: str) -> Month:
    found = sheet.month_of(conn, enterprise, date.fromisoformat(f"{month}-01"))
    if found is None:
        raise not_found(f"企业 {enterprise}", f"enterprise {enterprise}")
    return found


def _sheet(visit: Visit, enterprise: str, name: str) -> dict[str, Any]:
    with visit.open() as conn:
        month = _month(conn, enterprise, name)
        frozen = sealing.sealed(conn, month)
        sensors = [row["sensor_id"] for row in sheet.sensors_of(conn, month)]
        changes = sealing.changes(conn, month, sensors, frozen["sealed_at"]) if frozen else []
        figures = frozen["figures"] if frozen else sheet.compose(conn, month)
    with visit.house.whole(visit.zone) as conn:
        blockers = None if frozen else sealing.blockers(conn, month)
        entries = chain.entries_of(conn, [f"month {frozen['id']}"]) if frozen else []
    about = frozen or {"sealed_by": None, "sealed_at": None, "sha256": None}
    return {
        "enterprise": month.enterprise,
        "month": month.label,
        "state": "sealed" if frozen else "open" if clock.now() < month.ends_at else "draft",
        **{key: about[key] for key in ("sealed_by", "sealed_at", "sha256")},
        "figures": figures,
        "blockers": blockers,
        "changes": changes,
        "entries": [entry_shown(entry) for entry in entries],
    }
