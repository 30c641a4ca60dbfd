"""``python -m ingest --feed safety|rest`` and ``python -m ingest gateway``: the process of one feed."""

import argparse
import signal
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from alerts.judge import Judge as RealJudge
from ingest import schedule
from ingest.feed import topics
from ingest.gateway.desk import Desk
from ingest.gateway.server import Server
from ingest.gateway.sessions import Sessions
from ingest.gateway.talk import Talk
from ingest.inbox import Companion, Inbox
from ingest.judging import Judge
from ingest.worker import WatchdogError, Worker
from smartpark import db, log, settings
from smartpark.mqtt import Subscriber
from smartpark.settings import Settings

_DAY_S = 86_400
# The network thread gives the interpreter away with each frame that it reads or answers, and waits so long for it.
_SWITCH_S = 0.0005
_FEEDS = ("safety", "rest", "gateway")


def main(arguments: list[str] | None = None) -> int:
    """Run one feed until SIGTERM or Ctrl-C; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m ingest", description="Takes the messages of one feed into the database."
    )
    parser.add_argument("name", nargs="?", choices=_FEEDS, help="the feed")
    parser.add_argument("--feed", choices=_FEEDS, help="the feed")
    chosen = parser.parse_args(arguments)
    feed = chosen.feed or chosen.name
    if feed is None:
        parser.error("which feed? write --feed safety, --feed rest or gateway")
    try:
        config = settings.load()
    except settings.SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    if config.db.dsn is None or config.mqtt.url is None:
        print(
            "SMARTPARK_DB__DSN and SMARTPARK_MQTT__URL must name the servers; `python -m smartpark up` does it by itself",
            file=sys.stderr,
        )
        return 2
    log.configure(config, f"ingest-{feed}")
    dsn = config.db.dsn.get_secret_value()
    inbox, companions, scheduler = _parts(config, feed, dsn)
    sys.setswitchinterval(_SWITCH_S)
    worker = Worker(dsn, feed, config.ingest, inbox, _load_judge, companions=companions)
    worker.metrics.serve(config.metrics_port)
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: worker.stop())
    try:
        worker.run()
    except WatchdogError as error:
        log.get("ingest").error("process_ends", reason=str(error))
        return 70
    finally:
        if scheduler is not None:
            scheduler.shutdown(wait=False)
    return 0


def _parts(config: Settings, feed: str, dsn: str) -> tuple[Inbox, Sequence[Companion], Any]:
    """Return where the messages of a feed come from, and who lives beside its worker."""
    subscriber = _subscriber(config, feed)
    if feed == "gateway":
        sessions = Sessions()
        desk = Desk(Server(config.gateway, sessions), subscriber)
        desk.talk = Talk(desk, config.gateway)
        return desk, (desk, sessions), schedule.start_gaps(dsn, config.gateway, desk.online)
    return subscriber, (), schedule.start(dsn, config.ingest) if feed == "rest" else None


def _subscriber(config: Settings, feed: str) -> Subscriber:
    return Subscriber(
        config.mqtt.url.get_secret_value() if config.mqtt.url is not None else "",
        client_id=f"smartpark-ingest-{feed}",
        topics=topics(feed),
        receive_maximum=min(2 * config.ingest.batch_messages, 65_535),
        session_s=config.mqtt.session_days * _DAY_S,
    )


def _load_judge(conn: db.Connection, feed: str, now: datetime) -> Judge:
    return RealJudge.load(conn, feed=feed, now=now)


if __name__ == "__main__":
    sys.exit(main())
