"""Finding packages and ports; no server is started here."""

import socket

import pytest

from smartpark.embedded import archive, ports

DEB822 = """\
Types: deb
# a comment
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main
"""


@pytest.fixture
def etc(tmp_path):
    (tmp_path / "apt/sources.list.d").mkdir(parents=True)
    (tmp_path / "os-release").write_text('ID=debian\nVERSION_CODENAME=bookworm\nVERSION="12 (bookworm)"\n')
    return tmp_path


def test_the_mirror_is_that_of_the_machine_in_the_new_format(etc):
    (etc / "apt/sources.list.d/debian.sources").write_text(DEB822)
    assert archive.mirror(etc) == ["http://mirror.example/debian"]


def test_the_mirror_is_that_of_the_machine_in_the_one_line_format(etc):
    (etc / "apt/sources.list").write_text(
        "deb http://mirror.example/security bookworm-security main\n"
        "# deb http://old.example/debian bookworm main\n"
        "deb [arch=amd64 signed-by=/x.gpg] https://near.example/debian bookworm main contrib\n"
    )
    assert archive.mirror(etc) == ["https://near.example/debian"]


def test_a_disabled_source_and_a_foreign_repository_are_passed_over(etc):
    (etc / "apt/sources.list.d/off.sources").write_text(
        DEB822.replace("Types: deb\n#", "Types: deb\nEnabled: no\n#")
    )
    (etc / "apt/sources.list").write_text("deb https://tools.example/apt nodistro main\n")
    assert archive.mirror(etc) == []


def test_another_distribution_leaves_the_mirror_to_the_tool(etc):
    (etc / "os-release").write_text("ID=ubuntu\nVERSION_CODENAME=noble\n")
    (etc / "apt/sources.list").write_text("deb http://mirror.example/ubuntu noble main\n")
    assert archive.mirror(etc) == []


def test_a_port_is_kept_from_start_to_start(tmp_path):
    memory = tmp_path / "ports.json"
    first = ports.choose("database", memory)
    assert ports.choose("database", memory) == first
    assert ports.choose("broker", memory) != first


def test_a_remembered_port_that_is_taken_is_replaced(tmp_path):
    memory = tmp_path / "ports.json"
    first = ports.choose("database", memory)
    with socket.create_server(("127.0.0.1", first)):
        second = ports.choose("database", memory)
        assert second != first
        assert ports.is_free(second)
        assert not ports.is_free(first)
    assert ports.choose("database", memory) == second


def test_a_wanted_port_is_never_exchanged(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert ports.choose("database", tmp_path / "ports.json", port) == port
