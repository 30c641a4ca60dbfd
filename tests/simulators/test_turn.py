"""Several fleets of one park: the newest plays, and the one before goes on when it has gone."""

import json
from dataclasses import asdict

from simulators.turn import Turn
from smartpark import clock, run_state
from smartpark.run_state import RunState
from smartpark.settings import Settings

URL = "mqtt://127.0.0.1:1"


def look(turn: Turn) -> bool:
    clock.wait(0.21)  # it looks a few times a second
    return turn.is_mine()


def test_the_newest_fleet_plays_and_the_one_before_goes_on_when_it_has_gone(tmp_path):
    with Turn(tmp_path, "demo", URL) as house:
        house.take()
        assert look(house)
        assert not house.has_heir
        with Turn(tmp_path, "demo", URL) as guest:
            guest.take()
            assert look(guest)
            assert guest.has_heir, "it leaves without a good-bye: somebody goes on"
            assert not look(house)
        assert look(house)


def test_fleets_of_other_brokers_and_parks_do_not_mind_each_other(tmp_path):
    with Turn(tmp_path, "demo", URL) as one, Turn(tmp_path, "demo", URL + "1") as two:
        one.take()
        two.take()
        assert look(one)
        assert look(two)


def test_the_place_of_a_dead_fleet_is_swept(tmp_path):
    with Turn(tmp_path, "demo", URL) as house:
        house.take()
        (folder,) = (tmp_path / "fleets").iterdir()
        dead = folder / "99999999999999999999-0000001"
        dead.touch()
        assert look(house)
        assert not dead.exists()


def test_a_second_terminal_finds_the_servers_that_run_here(tmp_path):
    settings = Settings(data_dir=tmp_path)
    assert run_state.at_hand(settings) == settings
    state = RunState(
        run_state.member("starter", 1), "demo", db_dsn="postgresql://a@127.0.0.1:2/a", mqtt_url=URL
    )
    (tmp_path / "run.json").write_text(json.dumps(asdict(state)))
    found = run_state.at_hand(settings)
    assert found.mqtt.url is not None
    assert found.mqtt.url.get_secret_value() == URL
    assert found.db.dsn is not None
    own = Settings.model_validate({"data_dir": tmp_path, "mqtt": {"url": "mqtt://elsewhere:1883"}})
    kept = run_state.at_hand(own).mqtt.url
    assert kept is not None
    assert kept.get_secret_value() == "mqtt://elsewhere:1883"
