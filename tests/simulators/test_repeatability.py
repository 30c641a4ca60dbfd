"""The same seed makes the same bytes, however time is cut and whoever is asked first."""

from dataclasses import replace
from hashlib import sha256
from itertools import pairwise

import numpy as np

from simulators.delivery import Delivery
from simulators.faults import Faults
from simulators.play import Play, Plot, weather_of
from simulators.scenarios import Stage, plot
from tests.simulators.small_park import small_park

START_S = 1_795_312_800  # 2026-11-22T02:00:00Z


def bytes_of(play: Play, cuts_s: list[int]) -> str:
    digest = sha256()
    delivery = Delivery(play)
    for from_s, to_s in pairwise(cuts_s):
        for out in delivery.leaving(from_s, to_s):
            digest.update(out.topic.encode() + out.payload)
    return digest.hexdigest()


def play(seed: int = 7, name: str = "solvent_leak", faults: str = "") -> Play:
    park = small_park()
    stage = Stage(park, weather_of(park, seed), seed, START_S)
    return Play(park, seed, plot(name, stage), Faults.parse(faults, seed))


def test_the_same_seed_gives_the_same_bytes():
    cuts = [START_S, START_S + 300]
    assert bytes_of(play(), cuts) == bytes_of(play(), cuts)


def test_another_seed_gives_other_bytes():
    cuts = [START_S, START_S + 300]
    assert bytes_of(play(7), cuts) != bytes_of(play(8), cuts)


def test_the_bytes_do_not_depend_on_how_time_is_cut():
    faults = "late:0.05,duplicate:0.05,garbage:0.02,skew:0.02,order:0.1"
    whole = bytes_of(play(faults=faults), [START_S, START_S + 240])
    seconds = bytes_of(play(faults=faults), list(range(START_S, START_S + 241)))
    assert sorted(whole) == sorted(seconds)
    assert whole == seconds


def test_a_point_does_not_depend_on_the_other_points():
    park = small_park()
    alone = replace(park, points=park.points[5:6])
    plain = Plot("quiet_day", 60)
    among = Play(park, 7, plain).ordinary.values(np.asarray([5]), np.arange(START_S, START_S + 60.0)[None, :])
    single = Play(alone, 7, plain).ordinary.values(
        np.asarray([0]), np.arange(START_S, START_S + 60.0)[None, :]
    )
    assert np.array_equal(among, single)


def test_every_point_is_sent_once_a_period():
    park = small_park()
    sent = Play(park, 7, Plot("quiet_day", 600)).readings(START_S, START_S + 600)
    counts = np.bincount(sent.which, minlength=len(park.points))
    assert (counts == 600 // park.period_s).all()
    assert len({(w, t) for w, t in zip(sent.which.tolist(), sent.time_s.tolist(), strict=True)}) == len(
        sent.which
    )
