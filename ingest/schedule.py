"""What a feed's process does by the clock beside its messages; the only module of ingest that knows APScheduler."""

from collections.abc import Callable
from datetime import UTC, datetime

from apscheduler.schedulers.background import (  # type: ignore[import-untyped] # it ships no types
    BackgroundScheduler,
)

from ingest.gateway.gaps import Gaps
from ingest.housekeeping import keep_house
from smartpark import clock, db, log
from smartpark.settings import Gateway, Ingest

_GAPS_S = 30


def start(dsn: str, settings: Ingest) -> BackgroundScheduler:
    """Keep house now and every hour, on a connection and a thread of its own; the caller shuts it down."""

    def job() -> None:
        try:
            with db.connect(dsn, name="ingest housekeeping") as conn:
                done = keep_house(conn, clock.now(), settings)
        except db.Error as error:
            log.get("ingest.schedule").warning("housekeeping_put_off", error=str(error).strip())
        else:
            log.get("ingest.schedule").info("house_kept", readings=done.readings, minutes=done.minutes)

    scheduler = BackgroundScheduler(timezone=UTC)
    first: datetime = clock.now()
    scheduler.add_job(
        job, "interval", hours=1, next_run_time=first, max_instances=1, coalesce=True, misfire_grace_time=None
    )
    scheduler.start()
    return scheduler


def start_gaps(dsn: str, settings: Gateway, online: Callable[[], frozenset[str]]) -> BackgroundScheduler:
    """Fetch back what loggers should have delivered, every half minute, beside the feed; the caller shuts it down.

    Args:
        dsn: of the database; each run has a connection of its own.
        settings: how far back is fetched.
        online: returns the loggers that have a connection, from any thread.

    """
    gaps = Gaps(settings)

    def job() -> None:
        try:
            with db.connect(dsn, name="ingest gaps") as conn:
                done = gaps.run(conn, clock.now(), online())
        except db.Error as error:
            log.get("ingest.schedule").warning("fetching_back_put_off", error=str(error).strip())
        else:
            if any(done[1:]):
                log.get("ingest.schedule").info("fetched_back", **done._asdict())

    scheduler = BackgroundScheduler(timezone=UTC)
    scheduler.add_job(
        job, "interval", seconds=_GAPS_S, max_instances=1, coalesce=True, misfire_grace_time=None
    )
    scheduler.start()
    return scheduler
