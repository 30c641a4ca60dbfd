"""``python -m api``: the document, accounts and keys, and the server itself."""

import http.client
import io
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from api import __main__ as command
from api.serving import bind
from smartpark import db

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _log_as_it_is(monkeypatch):
    """Leave the log of the test run alone: a command would send it to a stream that ends with its test."""
    monkeypatch.setattr("api.__main__.log.configure", lambda *_: None)


def test_the_committed_document_is_what_the_code_says():
    assert command.main(["openapi", "--check"]) == 0


@pytest.fixture
def settled(monkeypatch, dsn) -> str:
    monkeypatch.setenv("SMARTPARK_DB__DSN", dsn)
    monkeypatch.setenv("SMARTPARK_LOG_FORMAT", "json")
    monkeypatch.chdir(ROOT / "tests")  # no .env is here
    return dsn


def typed(monkeypatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))


@pytest.mark.integration
def test_demo_accounts_are_made_once(settled, park_conn, capsys):
    park_conn.execute("delete from account where username <> 'viewer'")
    park_conn.commit()
    assert command.main(["users", "--demo"]) == 0
    assert command.main(["users", "--demo"]) == 0
    assert capsys.readouterr().out == "7 demo accounts made\n0 demo accounts made\n"
    row = park_conn.execute(
        "select role, enterprise_id, demo from account where username = 'enterprise'"
    ).fetchone()
    assert row == ("enterprise", 1, True)


@pytest.mark.integration
def test_an_account_is_added_changed_and_ended(settled, monkeypatch, capsys, park_conn):
    typed(monkeypatch, "a-long-password\n")
    assert command.main(["users", "add", "wang", "--role", "operator", "--name", "王"]) == 0
    typed(monkeypatch, "another-long-password\n")
    assert command.main(["users", "password", "wang"]) == 0
    assert park_conn.execute("select token_version from account where username = 'wang'").fetchone() == (2,)
    assert command.main(["users", "disable", "wang"]) == 0
    assert command.main(["users", "list"]) == 0
    assert "wang                 operator    -            ended" in capsys.readouterr().out


@pytest.mark.integration
@pytest.mark.parametrize(
    ("arguments", "password", "sentence"),
    [
        (["users", "add", "li", "--role", "operator"], "short", "10 characters"),
        (["users", "add", "li", "--role", "enterprise"], "a-long-password", "--enterprise CODE"),
        (
            ["users", "add", "li", "--role", "enterprise", "--enterprise", "e9"],
            "a-long-password",
            "no enterprise e9",
        ),
        (["users", "add", "viewer", "--role", "viewer"], "a-long-password", "is taken"),
        (["users", "password", "nobody"], "a-long-password", "no account nobody"),
        (["users", "disable", "nobody"], "", "no active account"),
        (["keys", "k", "--role", "enterprise"], "", "names its enterprise"),
    ],
)
@pytest.mark.usefixtures("settled")
def test_what_cannot_be_done_is_said_in_one_sentence(monkeypatch, capsys, arguments, password, sentence):
    typed(monkeypatch, password + "\n")
    assert command.main(arguments) == 2
    error = capsys.readouterr().err
    assert sentence in error
    assert error.count("\n") == 1


@pytest.mark.integration
def test_production_refuses_demo_accounts(settled, monkeypatch, capsys):
    monkeypatch.setenv("SMARTPARK_MODE", "production")
    monkeypatch.setenv("SMARTPARK_API__SECRET", "x" * 40)
    assert command.main(["users", "--demo"]) == 2
    assert command.main([]) == 2
    assert "open demo accounts" in capsys.readouterr().err


def test_without_a_database_the_start_says_what_to_set(monkeypatch, capsys):
    monkeypatch.chdir(ROOT / "tests")
    monkeypatch.delenv("SMARTPARK_DB__DSN", raising=False)
    assert command.main([]) == 2
    assert "SMARTPARK_DB__DSN" in capsys.readouterr().err


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
def test_one_socket_takes_both_families():
    try:
        sock = bind("::", 0)
    except OSError:
        pytest.skip("IPv6 is switched off")
    with sock:
        port = sock.getsockname()[1]
        for address in ("127.0.0.1", "::1"):
            socket.create_connection((address, port), timeout=5).close()


@pytest.mark.integration
def test_the_process_serves_and_ends_when_asked(dsn):
    with bind("127.0.0.1", 0) as free:
        port = free.getsockname()[1]
    env = os.environ | {
        "SMARTPARK_DB__DSN": dsn,
        "SMARTPARK_API__PORT": str(port),
        "SMARTPARK_LOG_FORMAT": "json",
    }
    child = subprocess.Popen([sys.executable, "-m", "api"], cwd=ROOT, env=env, stderr=subprocess.PIPE)
    try:
        line = json.loads(child.stderr.readline())
        assert (line["event"], line["port"]) == ("listening", port)
        conn = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        conn.request("GET", "/readyz")
        assert json.loads(conn.getresponse().read())["status"] == "ready"
        conn.close()
        child.send_signal(signal.SIGTERM)
        assert child.wait(timeout=20) in {0, -signal.SIGTERM}
    finally:
        child.kill()
        child.wait()
        child.stderr.close()


@pytest.mark.integration
def test_a_made_key_is_stored_as_its_hash(settled, capsys):
    assert command.main(["keys", "gateway", "--role", "viewer"]) == 0
    key = capsys.readouterr().out.strip()
    with db.connect(settled, name="tests") as conn:
        prefix, hashed = conn.execute("select prefix, hash from api_key").fetchone()
    assert key.startswith(f"spk_{prefix}_")
    assert len(bytes(hashed)) == 32
