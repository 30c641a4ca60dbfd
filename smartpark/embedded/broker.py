"""The private Mosquitto."""

import os
import re
import socket
from dataclasses import dataclass, field
from pathlib import Path

from smartpark.embedded import trees
from smartpark.embedded.server import Server

CONF = Path(__file__).resolve().parents[2] / "ops" / "mosquitto.conf"


@dataclass(slots=True)
class Broker:
    """One private broker on loopback, without passwords."""

    home: Path
    instance: str
    port: int
    log: Path
    max_queued_bytes: int = 2_000_000_000
    session_days: int = 7
    server: Server = field(init=False)

    def __post_init__(self) -> None:
        self.server = Server(
            name="Mosquitto",
            home=self.home,
            command=["/usr/sbin/mosquitto", "-c", f"/data/{self.instance}/mosquitto.conf"],
            log=self.log,
            is_ready=self._is_ready,
            stop_signal="SIGTERM",
        )

    @property
    def data(self) -> Path:
        """Where the queues lie on disk."""
        return self.home / "data" / self.instance

    @property
    def url(self) -> str:
        """Address for clients."""
        return f"mqtt://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and return when it accepts connections.

        Raises:
            TreeError: it cannot be started here.

        """
        self.data.mkdir(parents=True, exist_ok=True)
        conf = self.data / "mosquitto.conf"
        conf.write_text(self.configuration())
        for path in (self.data, conf):
            path.chmod(0o700)
            if os.geteuid() == 0:
                os.chown(path, trees.SERVER_UID, trees.SERVER_UID)
        self.server.start()

    def stop(self, how: str | None = None) -> None:
        """End it; ``how`` is another signal name, for example ``SIGKILL``."""
        self.server.stop(how)

    def configuration(self) -> str:
        """Return ``ops/mosquitto.conf`` with the paths, port and bounds of this instance."""
        plugin = next((self.home / "tree/usr/lib").rglob("mosquitto_persist_sqlite.so"))
        listeners = [f"listener {self.port} {address}" for address in _loopbacks()]
        own = {
            "listener": "\n".join(listeners),
            "allow_anonymous": "allow_anonymous true",
            "password_file": "",
            "plugin": f"plugin /{plugin.relative_to(self.home / 'tree')}",
            "persistence_location": f"persistence_location /data/{self.instance}/",
            "max_queued_bytes": f"max_queued_bytes {self.max_queued_bytes}",
            "persistent_client_expiration": f"persistent_client_expiration {self.session_days}d",
        }
        text = CONF.read_text()
        for name, line in own.items():
            text, times = re.subn(rf"^{name} .*$", line, text, flags=re.MULTILINE)
            if times != 1:
                raise trees.TreeError(f"ops/mosquitto.conf has {times} lines `{name}`, one is needed")
        return text

    def _is_ready(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True


def _loopbacks() -> list[str]:
    found = ["127.0.0.1"]
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
            probe.bind(("::1", 0))
        found.append("::1")
    except OSError:
        pass
    return found
