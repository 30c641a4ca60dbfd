"""The pages of the seven modules and the overview, one frame for all; an enterprise sees its own part of them."""

from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Path, Response

from api import feeds
from api.problems import not_found
from api.routes.places import Code
from api.visit import Visit, as_json, may
from modules import MODULES
from modules.frame import Page
from modules.overview import overview as park_today
from modules.park_view import ParkView, UnknownParkError
from smartpark import clock, db

router = APIRouter(tags=["modules"])

Overviews = Annotated[Visit, Depends(may("overview"))]
Module = Literal["economy", "energy", "safety", "environment", "logistics", "workforce", "services"]


@router.get("/modules/{module}", response_model=Page)
def module(visit: Overviews, module: Annotated[Module, Path()], park: Code = None) -> Response:
    """Return the page of a module: cards, tables, charts, and what it does not have yet."""
    with visit.open() as conn:
        return as_json(MODULES[module](_view(visit, conn, park)).as_json())


@router.get("/overview", response_model=Page)
def overview(visit: Overviews, park: Code = None) -> Response:
    """Return the park today: the same numbers as the modules and the live stream, each with a link to its list."""
    with visit.open() as conn:
        view = _view(visit, conn, park)
        chain = feeds.state(conn, view.now) if visit.principal.owner is None else None  # type: ignore[arg-type] # rows of any shape
        return as_json(park_today(view, chain).as_json())


def _view(visit: Visit, conn: db.DictConnection, park: str | None) -> ParkView:
    try:
        return ParkView.of(conn, park, clock.now().astimezone(ZoneInfo(visit.zone)))
    except UnknownParkError as error:
        raise not_found(f"园区 {park or ''}", f"park {park or ''}") from error
