"""The commands ``loggers`` and ``upper``: settings and arguments become a run."""

import signal
import threading
from argparse import Namespace
from collections.abc import Callable

from simulators import catalogue
from simulators.fleet import Pace
from simulators.loggers import defects, roster
from simulators.loggers.fleet import LoggerFleet
from simulators.loggers.line import Address
from simulators.loggers.truth import LoggerTruth, compare
from simulators.play import Play, Plot
from simulators.scenarios import StageError
from simulators.upper import Outage, Upper
from smartpark import clock, db, run_state, settings
from smartpark.hj212.cipher import KeyFormError, key_of
from smartpark.places import Catalogue
from smartpark.settings import Settings, SettingsError

Say = Callable[[str], object]
_LOOK_S = 1.0
_SETTLE_S = 30.0


def loggers(arguments: Namespace, loaded: Settings, say: Say) -> int:
    """Play the loggers until the end, or until SIGTERM or SIGINT; return 1 when something is lost or invented.

    Raises:
        FaultError, SettingsError, StageError: what was asked cannot be done.

    """
    rates = defects.parse(arguments.faults)
    if arguments.speed != 1.0 and arguments.duration is None:
        raise StageError("a play that is faster than time has to end now; write --duration")
    described = catalogue.read(arguments.catalogue or loaded.catalogue)
    if arguments.count is not None:
        own = len(described.loggers)
        described = roster.multiplied(described, arguments.count)
        if len(described.loggers) > own:
            _import(described, loaded)
    park = catalogue.of(described, "hj212")
    seed = loaded.demo.seed if arguments.seed is None else arguments.seed
    stop = stopped()
    address = arguments.address or _gateway(stop, say)
    lasts_s = arguments.duration
    starts_s = int(clock.epoch_s()) - (0 if arguments.speed == 1.0 else lasts_s)
    members = roster.members(described, rates)
    outages = {}
    if arguments.outage is not None:
        between = (starts_s + arguments.outage[0], starts_s + arguments.outage[1])
        outages = {member.mn: [between] for member in members}
    truth = LoggerTruth(starts_s, arguments.truth) if arguments.truth or lasts_s is not None else None
    fleet = LoggerFleet(
        Play(park, seed, Plot("quiet_day", 86_400)),
        members,
        Pace(starts_s, arguments.speed, lasts_s),
        address,
        truth=truth,
        outages=outages,
    )
    say(f"{park.code}: {len(fleet.loggers)} loggers, {len(park.points)} sensors; {seed=}")
    fleet.remember(arguments.remember * 3600)
    done = fleet.run(stop.is_set)
    return 0 if _settled(fleet, loaded, say) and (done or stop.is_set()) else 1


def upper(arguments: Namespace, loaded: Settings, say: Say) -> int:
    """Play the platform of an authority until SIGTERM or SIGINT.

    Raises:
        SettingsError: the key is none.

    """
    stop = stopped()
    port = loaded.demo.upper_port if arguments.port is None else arguments.port
    if not port:
        say("SMARTPARK_DEMO__UPPER_PORT is not set; write the port, or start all by: make run")
        stop.wait()
        return 0
    try:
        key = key_of(arguments.key) if arguments.key else None
    except KeyFormError as error:
        raise SettingsError(f"--key: {error}") from error
    outages = [Outage(*arguments.down)] if arguments.down else []
    platform = Upper(
        port,
        key_of=lambda _: key,
        outages=outages,
        drops=arguments.drops,
        seed=loaded.demo.seed,
        file=arguments.file,
    )
    platform.start()
    say(f"listens on {platform.host}:{platform.port}")
    stop.wait()
    platform.stop()
    say(f"{sum(platform.counts.values())} messages, {len(platform.counts)} of them different")
    return 0


def stopped() -> threading.Event:
    """Return an event that SIGTERM and SIGINT set."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def _gateway(stop: threading.Event, say: Say) -> Address | None:
    """Return where the gateway of this machine listens, as soon as it says so."""
    said = False
    while not stop.is_set():
        gateway = run_state.at_hand(settings.load()).gateway
        if gateway.port:
            return "127.0.0.1" if gateway.host in {"::", "0.0.0.0"} else gateway.host, gateway.port  # noqa: S104 - all of them
        if not said:
            say("SMARTPARK_GATEWAY__PORT is not set; write the port or --address, or start all by: make run")
            said = True
        stop.wait(_LOOK_S)
    return None


def _settled(fleet: LoggerFleet, loaded: Settings, say: Say) -> bool:
    """Say how what was said compares with what is stored, where there is a truth and a database to ask."""
    truth = fleet.truth
    if truth is None:
        return True
    truth.close()
    say(f"{truth.messages} messages, {truth.confirmed} confirmed")
    if loaded.db.dsn is None:
        return True
    deadline_s = clock.monotonic_s() + _SETTLE_S
    with db.connect(loaded.db.dsn.get_secret_value(), name="simulators loggers") as conn:
        while True:
            found = compare(conn, truth, fleet.play.park)
            if found.passed or clock.monotonic_s() > deadline_s:
                break
            clock.wait(_LOOK_S)
    say(f"{found.said} values, {found.confirmed} confirmed; lost {found.lost}, invented {found.invented}")
    for example in found.examples:
        say(f"  ! {example}")
    return found.passed


def _import(described: Catalogue, loaded: Settings) -> None:
    from smartpark.catalogue.store import store

    if loaded.db.dsn is None:
        raise SettingsError("SMARTPARK_DB__DSN is not set; --count has to tell the platform about the copies")
    with db.connect(loaded.db.dsn.get_secret_value(), name="simulators loggers") as conn:
        store(conn, described, "simulators")
        conn.commit()
