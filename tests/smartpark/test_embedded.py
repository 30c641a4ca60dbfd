import os
from pathlib import Path

import psycopg
import pytest

from smartpark import db
from smartpark.embedded import trees
from smartpark.embedded.private import PrivateServers

pytestmark = pytest.mark.integration


def _value(dsn: str, query: str) -> object:
    with db.connect(dsn, name="tests") as conn:
        row = conn.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]


def test_the_private_database_is_timescaledb_of_a_version_we_support(db_dsn: str) -> None:
    version = str(_value(db_dsn, "select extversion from pg_extension where extname = 'timescaledb'"))
    assert tuple(int(part) for part in version.split(".")[:2]) >= (2, 19)
    assert _value(db_dsn, "show timescaledb.telemetry_level") == "off"
    assert _value(db_dsn, "show max_locks_per_transaction") == "512"
    assert _value(db_dsn, "show jit") == "off"


def test_the_private_database_wants_its_password(servers: PrivateServers) -> None:
    wrong = servers.database.dsn.replace(":" + servers.database.dsn.split(":")[2].split("@")[0], ":guessed")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        db.connect(wrong, name="tests")


def test_clones_of_the_template_do_not_see_each_other(db_dsn: str, module_db_dsn: str) -> None:
    with db.connect(db_dsn, name="tests") as conn:
        conn.execute("create table only_here (n int)")
        conn.commit()
    assert _value(module_db_dsn, "select to_regclass('only_here')") is None


@pytest.mark.faults
def test_a_killed_private_database_finds_its_committed_rows_again(durable_servers: PrivateServers) -> None:
    database = durable_servers.database
    assert _value(database.dsn, "show fsync") == "on"
    assert _value(database.dsn, "show synchronous_commit") == "on"
    with db.connect(database.dsn, name="tests") as conn:
        conn.execute("create table kept (n int)")
        conn.execute("insert into kept select generate_series(1, 1000)")
        conn.commit()
    database.stop("SIGQUIT")
    database.start()
    assert _value(database.dsn, "select count(*) from kept") == 1000


def test_a_server_that_was_stopped_is_gone(data_dir: Path, durable_servers: PrivateServers) -> None:
    pids = [durable_servers.database.server.pid, durable_servers.broker.server.pid]
    durable_servers.stop()
    assert [pid for pid in pids if pid is None or Path(f"/proc/{pid}").exists()] == []


def test_the_servers_run_without_privileges(servers: PrivateServers) -> None:
    for pid in (servers.database.server.pid, servers.broker.server.pid):
        status = Path(f"/proc/{pid}/status").read_text()
        uids = next(line for line in status.splitlines() if line.startswith("Uid:")).split()[1:]
        assert set(uids) == {str(trees.server_uid())}
        assert "0" not in uids or os.geteuid() != 0


def test_a_tree_is_not_built_twice(servers: PrivateServers, data_dir: Path) -> None:
    said: list[str] = []
    home = trees.ensure(trees.DATABASE, data_dir, said.append)
    assert said == []
    assert home == data_dir.resolve() / "database"


def test_the_broker_keeps_its_durable_settings(servers: PrivateServers) -> None:
    text = servers.broker.configuration()
    assert "plugin_opt_flush_period 0\n" in text
    assert "max_queued_messages 0\n" in text
    assert "password_file" not in text
    assert f"listener {servers.broker.port} 127.0.0.1\n" in text
