"""The commands of the simulators: settings and arguments become a run."""

import signal
import threading
from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from simulators import catalogue, expectation, scenarios, truth, watches
from simulators.faults import WORDS, FaultError, Faults
from simulators.fleet import Fleet, Pace
from simulators.history import History, records_end_s, sensor_ids
from simulators.loggers.defects import WORDS as DEFECTS
from simulators.park import Park
from simulators.past.writing import Past
from simulators.play import Play, Plot, weather_of
from simulators.scenarios import SCENARIOS, Stage, StageError
from simulators.truth import TruthError, Writer
from simulators.turn import Turn
from smartpark import clock, db, log, run_state, settings
from smartpark.catalogue.problems import CatalogueError
from smartpark.places import Catalogue
from smartpark.settings import Settings, SettingsError

Say = Callable[[str], object]
PROBLEMS = (StageError, FaultError, TruthError, SettingsError, CatalogueError)


def run(arguments: Namespace, say: Say) -> int:
    """Run the command that was asked for; return its exit code.

    Raises:
        StageError, FaultError, TruthError, SettingsError, CatalogueError: what was asked cannot be done.

    """
    loaded = settings.load()
    if arguments.command in {"fleet", "loggers", "score", "history"}:
        loaded = run_state.at_hand(loaded)
    if arguments.command == "fleet":
        log.configure(loaded, "simulators")
        return fleet(arguments, loaded, say)
    if arguments.command in {"loggers", "upper"}:
        from simulators.loggers import command

        log.configure(loaded, f"simulators {arguments.command}")
        return (
            command.loggers(arguments, loaded, say)
            if arguments.command == "loggers"
            else command.upper(arguments, loaded, say)
        )
    if arguments.command == "scenarios":
        return listing(say)
    if arguments.command == "score":
        from simulators.score import score

        return score(arguments.truth, loaded, say, as_json=arguments.json, wait_s=arguments.wait)
    if arguments.command == "history":
        return history(arguments, loaded, say)
    from simulators.bench import bench

    return bench(loaded, say, as_json=arguments.json, quick=arguments.quick)


def listing(say: Say) -> int:
    """Print the scenarios and the faults."""
    for name, function in SCENARIOS.items():
        say(f"{name:22} {(function.__doc__ or '').splitlines()[0]}")
    for name, words in WORDS.items():
        say(f"fleet --faults {name + ':0.01':16} {words}")
    for name, words in DEFECTS.items():
        say(f"loggers --faults {name + ':0.01':23} {words}")
    return 0


@dataclass(frozen=True, slots=True)
class Wish:
    """What to play; the answers to the options of ``fleet``."""

    scenario: str
    seed: int
    speed: float = 1.0
    start: str | None = None
    lasts_s: int | None = None
    once: bool = False
    faults: str = ""
    outage_s: int = 72 * 60
    prelude_s: int = 30


def fleet(arguments: Namespace, loaded: Settings, say: Say) -> int:
    """Play a scenario until it ends, or until SIGTERM or SIGINT."""
    url = broker_url(loaded)
    wish = Wish(
        scenario=arguments.scenario or loaded.demo.scenario,
        seed=loaded.demo.seed if arguments.seed is None else arguments.seed,
        speed=arguments.speed,
        start=arguments.start,
        lasts_s=arguments.duration,
        once=arguments.once,
        faults=arguments.faults,
        outage_s=arguments.outage or 72 * 60,
        prelude_s=arguments.prelude,
    )
    described = catalogue.read(arguments.catalogue or loaded.catalogue)
    if arguments.sensors:
        described = catalogue.multiplied(described, arguments.sensors)
        _import(described, loaded)
    park = catalogue.of(described)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with Turn(loaded.data_dir, park.code, url) as turn:
        return play(
            park, wish, url, loaded, truth_file=arguments.truth, stopping=stop.is_set, say=say, turn=turn
        )


def history(arguments: Namespace, loaded: Settings, say: Say) -> int:
    """Write the past of the park into the database: minutes, and records of what is older; no days, no past."""
    if loaded.db.dsn is None:
        raise SettingsError("SMARTPARK_DB__DSN is not set; history writes straight into the database")
    park = catalogue.of(catalogue.read(arguments.catalogue or loaded.catalogue), "either")
    seed = loaded.demo.seed if arguments.seed is None else arguments.seed
    days = loaded.demo.history_days if arguments.days is None else arguments.days
    months = loaded.demo.history_months if arguments.months is None else arguments.months
    with db.connect(loaded.db.dsn.get_secret_value(), name="simulators history") as conn:
        now = clock.now()
        past = Past(conn, park, seed, records_end_s(conn, days, now))
        # The month in which minutes begin comes first: its day and month are made of both.
        records = past.write(min(1, months), now, say) if days else 0
        minutes = History(park, seed, sensor_ids(conn, park)).write(conn, days, now, say)
        records += past.write(months, now, say, skip=1) if days else 0
    say(f"history: {days} days, {minutes} minutes new; {months} months, {records} records new")
    return 0


def play(
    park: Park,
    wish: Wish,
    url: str,
    loaded: Settings,
    *,
    truth_file: Path | None = None,
    stopping: Callable[[], bool] = lambda: False,
    say: Say = lambda _: None,
    turn: Turn | None = None,
) -> int:
    """Play a wish in a park against a broker; a test calls it in a thread. Return 0 when all was confirmed."""
    watched = _watches(loaded, park)
    keys = [(p.station, p.quantity, p.form) for p in park.points]
    plot, pace = _stage(park, wish, watches.stages(watched, keys))
    say(f"{park.code}: {len(park.stations)} stations, {len(park.points)} sensors; {plot.name}: {plot.words}")
    writer = None
    if truth_file is not None:
        writer = Writer(truth_file, park, **_head(park, plot, pace, wish))
    the_play = Play(park, wish.seed, plot, Faults.parse(wish.faults, wish.seed))
    client_id = f"simulators-{park.code}" if turn is None else f"simulators-{park.code}-{turn.name}"
    running = Fleet(the_play, pace, url, client_id=client_id, truth=writer, turn=turn)
    if turn is not None:
        turn.take()
    done = running.run(stopping)
    if writer is not None and truth_file is not None:
        session = truth.read(truth_file).sessions[-1]
        ought = expectation.ought(watched, expectation.arrivals(session, session.lines))
        writer.ought([o.json() for o in ought] + expectation.silences(session))
        writer.close()
    say(f"{running.sent} messages, {running.readings} readings; {'all' if done else 'not all'} confirmed")
    return 0 if done else 1


def broker_url(loaded: Settings) -> str:
    """Return the address of the broker.

    Raises:
        SettingsError: none is set.

    """
    if loaded.mqtt.url is None:
        raise SettingsError(
            "SMARTPARK_MQTT__URL is not set; write mqtt://host:1883, or start all by: make run"
        )
    return loaded.mqtt.url.get_secret_value()


def _stage(park: Park, wish: Wish, limits: dict[int, dict[str, float]]) -> tuple[Plot, Pace]:
    now_s = int(clock.epoch_s())
    given_s = _instant_s(wish.start) if wish.start else None
    # The length of a plot does not depend on when it begins, so ask once for it and once for good.
    draft = _plot(park, wish, limits, given_s or now_s)
    lasts_s = (
        wish.lasts_s
        if wish.lasts_s is not None
        else draft.lasts_s
        if wish.once or wish.speed != 1.0
        else None
    )
    if given_s is None:
        given_s = now_s if wish.speed == 1.0 or lasts_s is None else now_s - lasts_s
    return _plot(park, wish, limits, given_s), Pace(given_s, wish.speed, lasts_s)


def _plot(park: Park, wish: Wish, limits: dict[int, dict[str, float]], starts_s: int) -> Plot:
    weather = weather_of(park, wish.seed)
    stage = Stage(park, weather, wish.seed, starts_s, limits, wish.outage_s, wish.prelude_s)
    return scenarios.plot(wish.scenario, stage)


def _instant_s(text: str) -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise StageError(f"--start {text!r} is no instant; write 2026-11-22T08:00:00+08:00") from None
    if moment.tzinfo is None:
        raise StageError(f"--start {text!r} has no offset; write {text}+08:00")
    return int(moment.timestamp())


def _watches(loaded: Settings, park: Park) -> list[watches.Watch]:
    """Return the published limits, none where there is no database to ask."""
    if loaded.db.dsn is None:
        return []
    with db.connect(loaded.db.dsn.get_secret_value(), name="simulators") as conn:
        return watches.load(conn, park.code, clock.now())


def _import(described: Catalogue, loaded: Settings) -> None:
    from smartpark.catalogue.store import store

    if loaded.db.dsn is None:
        raise SettingsError(
            "SMARTPARK_DB__DSN is not set; --sensors has to tell the platform about the copies"
        )
    with db.connect(loaded.db.dsn.get_secret_value(), name="simulators") as conn:
        store(conn, described, "simulators")
        conn.commit()


def _head(park: Park, plot: Plot, pace: Pace, wish: Wish) -> dict[str, Any]:
    outages = [
        {
            "stations": sorted(o.stations),
            "enterprise": park.stations[min(o.stations)].enterprise,
            "from_ms": o.from_s * 1000,
            "to_ms": o.to_s * 1000,
        }
        for o in plot.outages
    ]
    return {
        "scenario": plot.name,
        "words": plot.words,
        "seed": wish.seed,
        "faults": wish.faults,
        "speed": pace.speed,
        "starts_s": pace.starts_s,
        "lasts_s": pace.lasts_s,
        "outages": outages,
    }
