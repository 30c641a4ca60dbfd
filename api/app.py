"""The application, put together: the only place of the API that builds pools, hubs and routes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI

from api import VERSION, document, problems
from api.attempts import Attempts
from api.frame import PREFIX, Frame, content_policy
from api.house import House
from api.live import Hub
from api.metrics import Metrics
from api.pages import Pages
from api.passwords import Passwords
from api.routes import (
    admission,
    air,
    alarm_health,
    alerts,
    commands,
    corrections,
    coverage,
    duty,
    emissions,
    evidence,
    exceedances,
    health,
    ledger,
    live,
    logger_commands,
    loggers,
    machines,
    marks,
    missing,
    modules,
    official,
    places,
    readings,
    reported,
    reports,
    session,
    strangers,
    upward,
)
from api.tokens import Tokens
from smartpark import db
from smartpark.settings import Settings

DASHBOARD = Path(__file__).resolve().parents[1] / "dashboards" / "dist"
_DATABASE_MISSING = "host=127.0.0.1 dbname=smartpark"


def create_app(settings: Settings, dashboard: Path = DASHBOARD) -> FastAPI:
    """Return the application; its pool and hub open with its lifespan."""
    dsn = settings.db.dsn.get_secret_value() if settings.db.dsn else _DATABASE_MISSING
    pool = db.open_pool(
        dsn, name="api", size=settings.db.pool_size, statement_timeout_s=settings.db.statement_timeout_s
    )
    metrics = Metrics(pool)
    house = House(
        settings=settings,
        pool=pool,
        tokens=Tokens(settings.api.secret.get_secret_value(), settings.api.token_hours),
        passwords=Passwords(),
        attempts=Attempts(),
        hub=Hub(dsn, lambda: house.park_zone()),  # noqa: PLW0108 - the house is made on this very line
        metrics=metrics,
    )

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        pool.open()
        house.hub.start(asyncio.get_running_loop())
        try:
            yield
        finally:
            house.hub.close()
            await asyncio.to_thread(house.hub.join)
            await asyncio.to_thread(pool.close)

    app = FastAPI(
        title="Smartpark",
        version=VERSION,
        description=document.DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        generate_unique_id_function=lambda route: route.name,
        responses=document.PROBLEMS,
    )
    app.state.house = house
    v1 = APIRouter(prefix=PREFIX)
    for part in (
        session,
        places,
        readings,
        alarm_health,
        alerts,
        commands,
        live,
        ledger,
        duty,
        modules,
        machines,
        loggers,
        logger_commands,
        admission,
        strangers,
        reported,
        upward,
        missing,
        official,
        exceedances,
        air,
        emissions,
        coverage,
        marks,
        corrections,
        evidence,
        reports,
    ):
        v1.include_router(part.router)
    app.include_router(v1)
    app.include_router(health.router)
    problems.install(app)
    app.openapi = lambda: document.openapi(app)  # type: ignore[method-assign] # FastAPI's own way to extend it
    app.add_middleware(Pages, folder=dashboard)
    app.add_middleware(Frame, metrics=metrics, policy=content_policy(settings.api.tile_url))
    return app


def openapi(settings: Settings) -> dict[str, Any]:
    """Return the OpenAPI document; needs neither database nor network."""
    document_: dict[str, Any] = create_app(settings).openapi()
    return document_
