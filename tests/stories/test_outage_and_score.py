"""A gateway dies and comes back, processes are killed meanwhile, and the score has nothing to complain of."""

import json
import subprocess
import sys

import pytest

from tests.stories.product import ROOT, wait_until

pytestmark = pytest.mark.faults

FLEET = "fleet --scenario outage_and_backfill --prelude 30 --outage 300 --speed 6 --once --faults duplicate:0.01,garbage:0.001"


def test_nothing_is_lost_doubled_or_missed_when_processes_are_killed_in_an_outage(fresh_product, tmp_path):
    truth = tmp_path / "truth.ndjson"
    with (tmp_path / "fleet.log").open("wb") as log:
        fleet = subprocess.Popen(
            [sys.executable, "-m", "simulators", *FLEET.split(), "--truth", str(truth)],
            cwd=ROOT,
            env=fresh_product.environ,
            stdout=log,
            stderr=subprocess.STDOUT,
        )

    def stored(count: int) -> bool:
        assert fleet.poll() in {None, 0}, (tmp_path / "fleet.log").read_text()
        return bool(fresh_product.rows("select count(*) from reading")[0][0] >= count)

    wait_until(lambda: stored(500), within_s=90, what="the first readings")
    for name, more in (
        ("ingest-safety", 4000),
        ("ingest-rest", 8000),
        ("ingest-safety", 12000),
        ("alerts", 16000),
    ):
        fresh_product.kill(name)
        wait_until(
            lambda more=more: stored(more), within_s=120, what=f"{more} readings after {name} was killed"
        )
    assert fleet.wait(timeout=240) == 0, (tmp_path / "fleet.log").read_text()
    score = subprocess.run(
        [sys.executable, "-m", "simulators", "score", "--truth", str(truth), "--json"],
        cwd=ROOT,
        env=fresh_product.environ,
        capture_output=True,
        check=False,
    )
    card = json.loads(score.stdout)
    assert score.returncode == 0, card
    assert (card["lost"], card["duplicated"], card["wrong"], card["missed"]) == (0, 0, 0, 0), card
