"""The private TimescaleDB."""

import os
import secrets
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from smartpark.embedded import trees
from smartpark.embedded.server import Server, run_inside

BIN = "/usr/lib/postgresql/17/bin"
USER = NAME = "smartpark"
CONF = Path(__file__).resolve().parents[2] / "ops" / "postgresql.conf"


@dataclass(slots=True)
class Database:
    """One cluster of the private TimescaleDB; ``options`` override ``ops/postgresql.conf``."""

    home: Path
    instance: str
    port: int
    log: Path
    options: dict[str, str] = field(default_factory=dict)
    server: Server = field(init=False)

    def __post_init__(self) -> None:
        self.server = Server(
            name="TimescaleDB",
            home=self.home,
            command=self._command(),
            log=self.log,
            is_ready=self._is_ready,
            stop_signal="SIGINT",  # PostgreSQL's fast shutdown
        )

    @property
    def data(self) -> Path:
        """Where the cluster lies on disk."""
        return self.home / "data" / self.instance

    @property
    def dsn(self) -> str:
        """Connection string of its database, password included."""
        return self.dsn_of(NAME)

    def dsn_of(self, database: str) -> str:
        """Connection string of another database of the same cluster."""
        return f"postgresql://{USER}:{self._password()}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Make the cluster unless it is there, start it, and return when it answers.

        Raises:
            TreeError: it cannot be made or started here.

        """
        fresh = not (self.data / "PG_VERSION").exists()
        if fresh:
            self._make()
        conf = self.data / "smartpark.conf"
        shutil.copyfile(CONF, conf)
        conf.chmod(0o644)
        self.server.start()
        if not (self.data / "created").exists():
            self._create_database()
            (self.data / "created").touch()

    def stop(self, how: str | None = None) -> None:
        """End it; ``how`` is another signal name, ``SIGQUIT`` for an immediate stop."""
        self.server.stop(how)

    def _make(self) -> None:
        new = self.home / "data" / f"{self.instance}.new"
        shutil.rmtree(new, ignore_errors=True)
        shutil.rmtree(self.data, ignore_errors=True)
        new.mkdir(parents=True, mode=0o700)
        password = new.with_suffix(".password")
        password.write_text(secrets.token_urlsafe(24))
        for path in (new, password):
            path.chmod(0o700)
            if os.geteuid() == 0:
                os.chown(path, trees.SERVER_UID, trees.SERVER_UID)
        command = [
            f"{BIN}/initdb",
            "-D",
            f"/data/{new.name}",
            "-U",
            USER,
            "--pwfile",
            f"/data/{password.name}",
        ]
        command += [
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--locale=C.UTF-8",
        ]
        command += ["--data-checksums", "-c", "dynamic_shared_memory_type=sysv"]
        try:
            run_inside(self.home, command)
            (new / "password").write_text(password.read_text())
            (new / "password").chmod(0o600)
        except BaseException:
            shutil.rmtree(new, ignore_errors=True)
            raise
        finally:
            password.unlink(missing_ok=True)
        new.rename(self.data)

    def _create_database(self) -> None:
        call = [
            f"{BIN}/psql",
            "-X",
            "-q",
            "-h",
            "127.0.0.1",
            "-p",
            str(self.port),
            "-U",
            USER,
            "-d",
            "postgres",
        ]
        there = run_inside(
            self.home,
            [*call, "-At", "-c", f"select 1 from pg_database where datname = '{NAME}'"],
            PGPASSWORD=self._password(),
        )
        if not there.strip():
            run_inside(self.home, [*call, "-c", f"create database {NAME}"], PGPASSWORD=self._password())

    def _command(self) -> list[str]:
        place = f"/data/{self.instance}"
        options = {"port": str(self.port), "listen_addresses": "127.0.0.1,::1", "unix_socket_directories": ""}
        command = [f"{BIN}/postgres", "-D", place, "-c", f"config_file={place}/smartpark.conf"]
        for name, value in (options | self.options).items():
            command += ["-c", f"{name}={value}"]
        return command

    def _is_ready(self) -> bool:
        # The last line of postmaster.pid is what pg_ctl waits for; the first tells a stale file from ours.
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) > 7 and lines[0] == str(self.server.pid) and lines[7].strip() == "ready"

    def _password(self) -> str:
        return (self.data / "password").read_text()
