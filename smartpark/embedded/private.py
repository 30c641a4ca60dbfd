"""Both private servers together, for the starter, the tests and the bench."""

import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from smartpark.embedded import archive, ports, trees
from smartpark.embedded.broker import Broker
from smartpark.embedded.database import Database

# A test may lose its data with the machine, never with a process.
FAST = {"fsync": "off", "full_page_writes": "off", "shared_buffers": "128MB", "max_wal_size": "1GB"}


def _silent(_: str) -> None:
    return None


@dataclass(slots=True)
class PrivateServers:
    """A private TimescaleDB and a private Mosquitto of the same instance name."""

    database: Database
    broker: Broker

    def stop(self) -> None:
        """End both, the broker first."""
        self.broker.stop()
        self.database.stop()


def unpack(
    data_dir: Path, say: Callable[[str], None] = _silent, *, database: bool = True, broker: bool = True
) -> tuple[Path, Path]:
    """Build the wanted trees at once unless they are there; return the homes of database and broker."""
    wanted = [tree for tree, want in ((trees.DATABASE, database), (trees.BROKER, broker)) if want]
    if not all(trees.is_built(tree, data_dir) for tree in wanted):
        archive.need_tools(say)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda tree: trees.ensure(tree, data_dir, say), wanted))
    return data_dir.resolve() / trees.DATABASE.home, data_dir.resolve() / trees.BROKER.home


@contextmanager
def private_servers(
    data_dir: Path, name: str, *, durable: bool, options: dict[str, str] | None = None
) -> Iterator[PrivateServers]:
    """Start both servers on free ports with data of their own, end them and remove the data at the end.

    Args:
        data_dir: where the trees lie, ``settings.data_dir`` of the clone.
        name: what it is for, ``test`` or ``bench``; the data folder carries our process id as well.
        durable: exactly the production configuration; otherwise the database does not wait for the disk.
        options: further PostgreSQL settings.

    Raises:
        TreeError, ToolError: they cannot be set up here.

    """
    database_home, broker_home = unpack(data_dir)
    _sweep(name, database_home, broker_home)
    instance = f"{name}-{os.getpid()}"
    log = data_dir.resolve() / "log"
    chosen = ({} if durable else FAST) | (options or {})
    servers = PrivateServers(
        Database(database_home, instance, ports.any_free(), log / f"database-{name}.log", chosen),
        Broker(broker_home, instance, ports.any_free(), log / f"broker-{name}.log"),
    )
    try:
        servers.database.start()
        servers.broker.start()
        yield servers
    finally:
        servers.stop()
        for place in (servers.database.data, servers.broker.data):
            shutil.rmtree(place, ignore_errors=True)


def _sweep(name: str, *homes: Path) -> None:
    """Remove what a killed run of the same kind has left."""
    for home in homes:
        for place in (home / "data").glob(f"{name}-*"):
            owner = place.name.removeprefix(f"{name}-").partition(".")[0]
            if owner.isdigit() and not Path(f"/proc/{owner}").exists():
                shutil.rmtree(place, ignore_errors=True)
