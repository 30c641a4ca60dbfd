"""The pages of the seven modules and the overview, one frame for all."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Response
from pydantic import BaseModel

import modules
from api.problems import not_found
from api.routes.places import Code
from api.visit import Visit, as_json, may
from modules.park_view import UnknownParkError
from smartpark import clock

router = APIRouter(tags=["modules"])

Overviews = Annotated[Visit, Depends(may("overview"))]
Module = Literal["economy", "energy", "safety", "environment", "logistics", "workforce", "services"]


class Page(BaseModel):
    """What a module shows at one instant: cards, tables, charts, and what is still missing."""

    module: str
    name_zh: str
    name_en: str
    generated_at: datetime
    cards: list[dict[str, Any]]
    tables: list[dict[str, Any]]
    charts: list[dict[str, Any]]
    missing: list[dict[str, Any]]


@router.get("/modules/{module}", response_model=Page)
def module(visit: Overviews, module: Annotated[Module, Path()], park: Code = None) -> Response:
    """Return the page of a module."""
    return _page(visit, module, park)


@router.get("/overview", response_model=Page)
def overview(visit: Overviews, park: Code = None) -> Response:
    """Return the page over all modules."""
    return _page(visit, "overview", park)


def _page(visit: Visit, name: str, park: str | None) -> Response:
    try:
        with visit.open() as conn:
            return as_json(modules.page(name, conn, park, clock.now()).as_json())
    except UnknownParkError as error:
        raise not_found(f"园区 {park or ''}", f"park {park or ''}") from error
