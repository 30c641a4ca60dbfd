import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from smartpark import clock, processes, run_state
from smartpark.processes import Process
from smartpark.supervisor import Supervisor

ROOT = Path(__file__).resolve().parents[2]


def within(seconds_s: float, happened: Callable[[], object]) -> None:
    deadline = clock.monotonic_s() + seconds_s
    while not happened():
        assert clock.monotonic_s() < deadline, "it did not happen in time"
        clock.wait(0.02)


def obedient(what: str, name: str = "one") -> Process:
    return Process(name, ("tests.smartpark.obedient", what))


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def supervisor(tmp_path: Path, said: list[str]) -> Iterator[Supervisor]:
    supervisor = Supervisor({}, tmp_path, said.append)
    yield supervisor
    supervisor.end()


def test_the_demo_runs_the_simulated_fleet_and_production_does_not():
    assert [one.name for one in processes.table("production")] == [
        "ingest-safety",
        "ingest-rest",
        "gateway",
        "records",
        "alerts",
        "api",
    ]
    assert [one.name for one in processes.table("demo")][-5:] == [
        "simulators",
        "loggers",
        "upper",
        "history",
        "deeds",
    ]
    assert processes.table("demo", fleet=False) == processes.table("production")


def test_what_runs_once_is_done_when_it_ends_well(supervisor, said):
    supervisor.start([processes.Process("once", ("platform",), once=True)])
    supervisor._watched[0].child.wait(timeout=30)
    assert supervisor.look()
    assert not supervisor.look()
    assert [(one.name, one.state) for one in supervisor.members] == [("once", "done")]
    assert said == []


def test_a_process_that_was_killed_is_started_again_and_a_word_is_said(supervisor, said, tmp_path):
    supervisor.start([obedient("obey")])
    within(20, lambda: "ready" in processes.last_line(tmp_path / "one.log"))
    first = supervisor.members[0]
    os.kill(first.pid, signal.SIGKILL)
    within(20, lambda: supervisor.look() and supervisor.members[0].restarts == 1)
    second = supervisor.members[0]
    assert second.pid != first.pid
    assert second.lives
    assert not first.lives
    assert "one ended (signal 9: ready); starting it again in 0.5 s" in said[0]


def test_the_pause_grows_while_a_process_keeps_failing(supervisor, said):
    supervisor.start([obedient("crash")])
    within(30, lambda: (supervisor.look(), len(said) >= 3)[1])
    assert ["in 0.5 s" in said[0], "in 1 s" in said[1], "in 2 s" in said[2]] == [True, True, True]
    assert "exit code 1: it fell over" in said[0]


def test_ending_takes_what_a_process_has_started_with_it(supervisor, tmp_path):
    supervisor.start([obedient("parent")])
    log = tmp_path / "one.log"
    within(20, lambda: log.read_text().count("ready") == 2)
    grandchild = int(
        next(line for line in log.read_text().splitlines() if line.startswith("child")).split()[1]
    )
    supervisor.end()
    within(10, lambda: run_state.started_at(grandchild) == 0)
    assert not supervisor.members[0].lives


def test_a_process_that_ignores_the_request_is_killed(tmp_path):
    child = processes.start(obedient("deaf"), {}, tmp_path / "deaf.log")
    within(20, lambda: "ready" in processes.last_line(tmp_path / "deaf.log"))
    processes.end([child], patience_s=0.2)
    assert child.returncode == -signal.SIGKILL


def test_a_process_ends_when_its_starter_is_killed(tmp_path):
    code = (
        "import pathlib, signal\n"
        "from smartpark import processes\n"
        "log = pathlib.Path(r'%s')\n"
        "child = processes.start(processes.Process('x', ('tests.smartpark.obedient', 'obey')), {}, log)\n"
        "print(child.pid, flush=True)\n"
        "signal.pause()\n"
    ) % (tmp_path / "x.log")
    starter = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert starter.stdout is not None
    pid = int(starter.stdout.readline())
    within(20, lambda: "ready" in processes.last_line(tmp_path / "x.log"))
    starter.kill()
    starter.wait()
    starter.stdout.close()
    within(10, lambda: run_state.started_at(pid) == 0)


def test_a_process_id_that_was_given_again_is_not_taken_for_ours():
    mine = run_state.member("test", os.getpid())
    assert mine.lives
    assert not run_state.Member("test", mine.pid, mine.started - 1).lives


def test_the_state_file_comes_back_as_written_and_is_private(tmp_path):
    state = run_state.RunState(run_state.member("starter", os.getpid()), "demo", db_dsn="postgresql://x")
    state.members.append(run_state.Member("api", 1, 2, "restarting", 3))
    run_state.write(tmp_path, state)
    assert run_state.read(tmp_path) == state
    assert (tmp_path / "run.json").stat().st_mode & 0o777 == 0o600


def test_a_broken_state_file_counts_as_none(tmp_path):
    (tmp_path / "run.json").write_text("{")
    assert run_state.read(tmp_path) is None


def test_a_second_starter_is_told_in_one_sentence(tmp_path):
    with (
        run_state.only_one(tmp_path),
        pytest.raises(run_state.AlreadyRunning) as told,
        run_state.only_one(tmp_path),
    ):
        pass
    assert str(told.value).startswith("Smartpark already runs here")
    assert "python -m smartpark down" in str(told.value)
