"""``up``: servers, migrations, catalogue, processes, address, and the end of all of them."""

import http.client
import os
import signal
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

from smartpark import clock, db, demo, migrate, processes, queries, run_state
from smartpark.embedded import launch, ports, private
from smartpark.embedded.broker import Broker
from smartpark.embedded.database import Database
from smartpark.run_state import RunState
from smartpark.settings import Settings, SettingsError
from smartpark.supervisor import Supervisor

Say = Callable[[str], None]

_LOOK_EVERY_S = 0.25
_API_PATIENCE_S = 90.0
_Q = queries.load("smartpark", "starter.sql")


class StartError(RuntimeError):
    """The product cannot start; the message says what to do."""


def up(settings: Settings, say: Say, *, with_parent: bool = False) -> None:
    """Start everything, keep it running, and end it on SIGINT, SIGTERM or SIGHUP.

    Args:
        settings: of this process.
        say: takes one line of progress.
        with_parent: end also when the calling process ends.

    Raises:
        AlreadyRunning: another starter works on the same data.
        StartError, TreeError, ToolError, MigrationError, SettingsError: it cannot start.

    """
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, _interrupt)
    if with_parent:
        launch.die_with_parent(os.getppid(), "SIGTERM")
    with run_state.only_one(settings.data_dir):
        left = run_state.read(settings.data_dir)
        if left is not None:
            run_state.end_left_over(left)
        _Run(settings, say).run()


class _Run:
    """One run, from the first server to the last."""

    def __init__(self, settings: Settings, say: Say) -> None:
        self._settings = settings
        self._say = say
        self._state = RunState(run_state.member("starter", os.getpid()), settings.mode)
        self._environ: dict[str, str] = {}
        self._log_dir = settings.data_dir.resolve() / "log"
        self._supervisor = Supervisor(self._environ, self._log_dir, say)

    def run(self) -> None:
        try:
            self._start_servers()
            prepare(self._settings, self._environ, self._log_dir / "import.log", self._say)
            self._start_processes()
            self._say_where()
            while True:
                clock.wait(_LOOK_EVERY_S)
                if self._supervisor.look():
                    self._note()
        except KeyboardInterrupt:
            self._say("ending every process · 正在停止")
        finally:
            for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(name, signal.SIG_IGN)
            self._supervisor.end()
            run_state.forget(self._settings.data_dir)
        self._say("stopped · 已停止")

    def _start_servers(self) -> None:
        settings, memory = self._settings, self._settings.data_dir / "ports.json"
        self._note()
        if settings.db.dsn is None or settings.mqtt.url is None:
            database_home, broker_home = private.unpack(
                settings.data_dir,
                self._say,
                database=settings.db.dsn is None,
                broker=settings.mqtt.url is None,
            )
        if settings.db.dsn is None:
            self._say("starting TimescaleDB · 启动数据库")
            port = ports.choose("database", memory, settings.db.port)
            database = Database(database_home, "main", port, self._log_dir / "database.log")
            self._keep("database", database)
            self._state.db_dsn = database.dsn
        else:
            self._state.db_dsn = settings.db.dsn.get_secret_value()
        if settings.mqtt.url is None:
            self._say("starting Mosquitto · 启动消息服务器")
            port = ports.choose("broker", memory, settings.mqtt.port)
            broker = Broker(
                broker_home,
                "main",
                port,
                self._log_dir / "broker.log",
                max_queued_bytes=settings.mqtt.max_queued_bytes,
                session_days=settings.mqtt.session_days,
            )
            self._keep("broker", broker)
            self._state.mqtt_url = broker.url
        else:
            self._state.mqtt_url = settings.mqtt.url.get_secret_value()
        self._environ["SMARTPARK_DB__DSN"] = self._state.db_dsn
        self._environ["SMARTPARK_MQTT__URL"] = self._state.mqtt_url

    def _keep(self, name: str, server: Database | Broker) -> None:
        try:
            server.start()
        except BaseException:
            server.stop()
            raise
        self._supervisor.keep_server(name, server.server)
        self._note()

    def _start_processes(self) -> None:
        settings = self._settings
        port = settings.api.port
        if not ports.is_free(port):
            if settings.mode == "production":
                raise SettingsError(
                    f"port {port} is in use; set SMARTPARK_API__PORT to a free one · 端口被占用"
                )
            port = next((p for p in range(port + 1, port + 50) if ports.is_free(p)), 0) or ports.any_free()
        self._environ["SMARTPARK_API__PORT"] = str(port)
        memory = settings.data_dir / "ports.json"
        loggers = ports.choose("gateway", memory, settings.gateway.port)
        self._environ["SMARTPARK_GATEWAY__PORT"] = str(loggers)
        self._state.gateway_address = f"{_reachable(settings.gateway.host)}:{loggers}"
        if settings.mode == "demo":
            upper = ports.choose("upper", memory, settings.demo.upper_port)
            self._environ["SMARTPARK_DEMO__UPPER_PORT"] = str(upper)
        self._state.api_url = f"http://{_reachable(settings.api.host)}:{port}"
        self._say("starting the processes · 启动各进程")
        self._supervisor.start(processes.table(settings.mode, fleet=settings.demo.fleet))
        self._note()
        deadline = clock.monotonic_s() + _API_PATIENCE_S
        while not answers(self._state.api_url):
            if clock.monotonic_s() > deadline:
                last = processes.last_line(self._supervisor.log("api"))
                raise StartError(f"the API does not answer after {_API_PATIENCE_S:.0f} s: {last}")
            if self._supervisor.look():
                self._note()
            clock.wait(0.1)

    def _say_where(self) -> None:
        lines = ["", "Smartpark is running · 智慧园区已启动", f"  open   · 打开    {self._state.api_url}"]
        if self._settings.mode == "demo":
            user = demo.USERS[2].username
            lines.append(
                f"  log in · 登录    {user} / {demo.password(user)}   (more: python -m smartpark status)"
            )
        lines += [f"  MQTT             {without_password(self._state.mqtt_url)}"]
        lines += [f"  HJ 212           {self._state.gateway_address}"]
        lines += ["  end    · 停止    Ctrl-C, or: python -m smartpark down", ""]
        for line in lines:
            self._say(line)

    def _note(self) -> None:
        self._state.members = self._supervisor.members
        run_state.write(self._settings.data_dir, self._state)


def prepare(settings: Settings, environ: Mapping[str, str], log: Path, say: Say) -> None:
    """Bring the database to this version and give an empty one its park.

    Args:
        settings: of this process.
        environ: ``SMARTPARK_DB__DSN`` and what else the importing processes are to see.
        log: where they write.
        say: takes one line of progress.

    Raises:
        StartError, MigrationError: the database cannot be used, or an import failed.

    """
    try:
        with db.connect(environ["SMARTPARK_DB__DSN"], name="starter") as conn:
            migrate.migrate(conn, lambda name: say(f"migrating {name} · 迁移数据库"))
            row = conn.execute(_Q.missing).fetchone()
    except db.Error as err:
        reason = str(err).strip().splitlines()[0]
        raise StartError(f"the database cannot be used: {reason}; check SMARTPARK_DB__DSN") from err
    catalogue, rules, accounts = row if row is not None else (True, True, True)
    is_demo = settings.mode == "demo"
    steps: list[tuple[bool, str, list[str]]] = [
        (
            catalogue,
            "loading the park · 导入园区目录",
            ["smartpark", "catalogue", "load", str(settings.catalogue)],
        ),
        (catalogue, "loading permits and meters · 导入许可与计量", ["records.emissions", "load"]),
        (rules, "loading rules and limits · 导入规则与限值", ["alerts", "load"]),
        (accounts and is_demo, "making the demo accounts · 建立演示账号", ["api", "users", "--demo"]),
        (catalogue and is_demo, "filling the demo registers · 填充演示台账", ["modules", "demo"]),
    ]
    for wanted, words, arguments in steps:
        if wanted:
            say(words)
            run_once(arguments, environ, log)


def run_once(arguments: list[str], environ: Mapping[str, str], log: Path) -> None:
    """Run ``python -m`` with these arguments to its end.

    Raises:
        StartError: it failed; the message is the last line it wrote.

    """
    process = processes.Process(arguments[0], tuple(arguments))
    child = processes.start(process, environ, log)
    try:
        code = child.wait()
    except BaseException:
        processes.end([child], 5)
        raise
    if code != 0:
        raise StartError(
            f"`python -m {' '.join(arguments)}` failed: {processes.last_line(log)} (all of it: {log})"
        )


def answers(url: str) -> bool:
    """Tell whether the API says it is alive."""
    place = urlsplit(url)
    with suppress(OSError, http.client.HTTPException):
        conn = http.client.HTTPConnection(place.hostname or "", place.port, timeout=2)
        try:
            conn.request("GET", "/healthz")
            return conn.getresponse().status < 500
        finally:
            conn.close()
    return False


def without_password(url: str) -> str:
    """Return an address as it may be shown."""
    place = urlsplit(url)
    shown = place.hostname or ""
    return f"{place.scheme}://{shown}:{place.port}" if place.port else f"{place.scheme}://{shown}"


def _reachable(host: str) -> str:
    """Return an address a browser on this machine can open for a listening address."""
    if host in {"", "0.0.0.0", "::", "127.0.0.1", "localhost"}:  # noqa: S104 - compared, not bound
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
