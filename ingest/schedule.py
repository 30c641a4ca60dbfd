"""What a feed's process does by the clock beside its messages; the only module of ingest that knows APScheduler."""

from datetime import UTC, datetime

from apscheduler.schedulers.background import (  # type: ignore[import-untyped] # it ships no types
    BackgroundScheduler,
)

from ingest.housekeeping import keep_house
from smartpark import clock, db, log
from smartpark.settings import Ingest


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
