"""Outside the prefix: is it alive, is it ready, its metrics, and what it can be asked."""

from typing import Any, Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from psycopg_pool import PoolTimeout
from pydantic import BaseModel

from api import VERSION, document
from api.house import house_of
from api.metrics import MEDIA_TYPE
from api.visit import as_json
from smartpark import db, migrate, queries

router = APIRouter(tags=["health"])
_Q = queries.load("api", "live.sql")
_DATABASE_PATIENCE_S = 3.0


class Health(BaseModel):
    """The process answers."""

    status: Literal["ok"]
    version: str


class Readiness(BaseModel):
    """Whether requests can be answered; ``feeds`` are told, but do not decide."""

    status: Literal["ready", "not_ready"]
    database: str
    pending_migrations: list[str]
    feeds: dict[str, str]


@router.get("/healthz", response_model=Health)
def healthz() -> Response:
    """Tell that the process is alive."""
    return as_json({"status": "ok", "version": VERSION})


@router.get("/readyz", response_model=Readiness, responses={503: {"model": Readiness}})
def readyz(request: Request) -> Response:
    """Tell whether requests can be answered: the database is there and has this version's tables."""
    found: dict[str, Any] = {"status": "ready", "database": "ok", "pending_migrations": [], "feeds": {}}
    try:
        with house_of(request).pool.connection(timeout=_DATABASE_PATIENCE_S) as conn:
            done = {row["name"] for row in conn.execute(_Q.migrations)}
            found["pending_migrations"] = [name for name, _ in migrate.available() if name not in done]
            found["feeds"] = {row["name"]: row["state"] for row in conn.execute(_Q.feeds)}
    except (db.Error, PoolTimeout) as error:
        found["database"] = "away" if isinstance(error, PoolTimeout) else type(error).__name__
    if found["database"] != "ok" or found["pending_migrations"]:
        found["status"] = "not_ready"
        return as_json(found, 503)
    return as_json(found)


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
def metrics(request: Request) -> Response:
    """Return the metrics of the product in Prometheus text format."""
    return Response(house_of(request).metrics.text(), media_type=MEDIA_TYPE)


@router.get("/docs", include_in_schema=False)
def docs(request: Request) -> Response:
    """Show the OpenAPI document."""
    return HTMLResponse(document.page(request.app.openapi()))
