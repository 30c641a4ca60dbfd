"""The running product, as a new user starts it, and a hand that plays its sensors."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2

from smartpark import clock, db
from smartpark.mqtt import Publisher

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 120.0


def wait_until(look: Callable[[], Any], *, within_s: float = 20.0, what: str = "it") -> Any:
    """Look until something true comes back.

    Raises:
        AssertionError: it did not in time.

    """
    deadline = clock.monotonic_s() + within_s
    while True:
        seen = look()
        if seen:
            return seen
        assert clock.monotonic_s() < deadline, f"{what} did not come about within {within_s} s"
        threading.Event().wait(0.05)


@dataclass
class Product:
    """`python -m smartpark up` on servers of its own, without the simulated fleet."""

    dsn: str
    mqtt_url: str
    folder: Path
    port: int
    settings: dict[str, str] = field(default_factory=dict)
    starter: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environ(self) -> dict[str, str]:
        return os.environ | {
            "SMARTPARK_DATA_DIR": str(self.folder),
            "SMARTPARK_DB__DSN": self.dsn,
            "SMARTPARK_MQTT__URL": self.mqtt_url,
            "SMARTPARK_API__PORT": str(self.port),
            "SMARTPARK_DEMO__FLEET": "false",
            "SMARTPARK_DEMO__HISTORY_DAYS": "0",
            **self.settings,
        }

    def up(self) -> None:
        with (self.folder / "up.log").open("wb") as log:
            self.starter = subprocess.Popen(
                [sys.executable, "-m", "smartpark", "up"],
                cwd=ROOT,
                env=self.environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        wait_until(self._ready, within_s=PATIENCE_S, what=f"the product ({self.folder / 'up.log'})")

    def down(self) -> None:
        if self.starter is not None:
            self.starter.terminate()
            self.starter.wait(timeout=60)

    def _ready(self) -> bool:
        assert self.starter is not None
        assert self.starter.poll() is None, (self.folder / "up.log").read_text()
        try:
            return bool(httpx2.get(self.url + "/readyz", timeout=2).status_code == 200)
        except httpx2.HTTPError:
            return False

    def status(self) -> dict[str, Any]:
        told = subprocess.run(
            [sys.executable, "-m", "smartpark", "status", "--json"],
            cwd=ROOT,
            env=self.environ,
            capture_output=True,
            check=True,
        )
        found: dict[str, Any] = json.loads(told.stdout)
        return found

    def kill(self, name: str) -> None:
        """End a process with SIGKILL; the starter brings it back."""
        pid = next(p["pid"] for p in self.status()["processes"] if p["name"] == name)
        os.kill(pid, signal.SIGKILL)

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with db.connect(self.dsn, name="story") as conn:
            return conn.execute(sql, values).fetchall()  # type: ignore[call-overload, no-any-return] # tests write SQL by hand

    def write(self, sql: str, *values: object) -> None:
        with db.connect(self.dsn, name="story", autocommit=True) as conn:
            conn.execute(sql.encode(), values)

    def token(self, username: str) -> str:
        form = {"username": username, "password": f"{username}-demo"}
        return str(httpx2.post(self.url + "/api/v1/token", data=form, timeout=10).json()["access_token"])

    def ask(self, path: str, *, username: str = "operator", body: object = None) -> tuple[int, Any]:
        """Call the API as a demo user; return status and decoded answer."""
        method = "GET" if body is None else "POST"
        headers = {"Authorization": f"Bearer {self.token(username)}"}
        answer = httpx2.request(method, f"{self.url}/api/v1{path}", json=body, headers=headers, timeout=30)
        return answer.status_code, answer.json()


class Hand:
    """Publishes readings of single stations."""

    def __init__(self, product: Product, park: str = "demo") -> None:
        self._publisher = Publisher(product.mqtt_url, client_id="story-hand")
        self._publisher.start()
        self._park = park
        self._seq: dict[str, int] = {}

    def send(self, kind: str, station: str, values: dict[str, float], **more: Any) -> float:
        """Send one message; ``at`` is its time (now unless said); return the moment of sending [s]."""
        at: datetime = more.pop("at", None) or clock.now()
        self._seq[station] = self._seq.get(station, 0) + 1
        message = {
            "time": at.astimezone(UTC).isoformat(),
            "values": values,
            "seq": self._seq[station],
            **more,
        }
        self._publisher.publish(
            f"smartpark/{self._park}/{kind}/{station}/readings", json.dumps(message).encode()
        )
        return clock.epoch_s()

    def publish(self, kind: str, station: str, message: object) -> None:
        """Send a message as it is."""
        self._publisher.publish(
            f"smartpark/{self._park}/{kind}/{station}/readings", json.dumps(message).encode()
        )

    def raw(self, topic: str, payload: bytes) -> None:
        """Send bytes."""
        self._publisher.publish(topic, payload)

    def flush(self) -> None:
        assert self._publisher.flush(30.0), "the broker did not confirm"

    def close(self) -> None:
        self._publisher.stop()
