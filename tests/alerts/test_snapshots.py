"""Camera pictures with alerts: taken once, of the right cameras, honest about being simulated."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest

from alerts import actions, picture, probes, snapshots, watch
from alerts.actions import Seen
from tests.alerts import small_park
from tests.alerts.test_actions import NOW, OPERATOR, raise_alert

VIEW = picture.View(7, "1# 球罐区", "氯气 2.30 <mg/m³>", 135.0, "red", hazy=True)


def test_the_picture_is_an_image_that_says_it_is_simulated():
    image = picture.draw(VIEW, datetime(2026, 11, 22, 3, 12, tzinfo=UTC))
    root = ET.fromstring(image)  # noqa: S314 - our own picture
    words = " ".join(text for element in root.iter() if (text := element.text))
    assert root.tag.endswith("svg")
    assert "模拟画面" in words
    assert "1# 球罐区 · 135°" in words
    assert "2026-11-22 03:12:00" in words
    assert "<mg/m³>" in words


def test_one_camera_always_draws_the_same_scene():
    at = datetime(2026, 11, 22, 3, 12, tzinfo=UTC)
    assert picture.draw(VIEW, at) == picture.draw(VIEW, at)
    assert picture.draw(VIEW, at) != picture.draw(VIEW, at + timedelta(hours=9))


@pytest.fixture
def park(conn):
    small_park.build(conn)
    for number, lat in ((1, 39.460), (2, 39.451), (3, 39.452), (4, 39.450)):
        conn.execute(
            "insert into camera (id, park_id, code, name_zh, name_en, lat, lon, online)"
            " values (%s, 1, %s, %s, %s, %s, 106.68, %s)",
            [number, f"c{number}", f"摄像头{number}", f"Camera {number}", lat, number != 4],
        )
        conn.execute("insert into camera_view values (%s, 1)", [number])
    conn.commit()
    return conn


def kept(conn):
    return conn.execute("select camera_id, phase from snapshot order by phase, camera_id").fetchall()


@pytest.mark.integration
def test_the_two_nearest_cameras_that_answer_are_taken_once(park):
    raise_alert(park)
    assert snapshots.take(park, NOW) == snapshots.Taken(1, 2, more=False)
    assert kept(park) == [(2, "raised"), (3, "raised")]
    assert snapshots.take(park, NOW).pictures == 0
    media, image, taken_at = park.execute(
        "select media_type, image, taken_at from snapshot limit 1"
    ).fetchone()
    assert (media, taken_at) == ("image/svg+xml", NOW)
    assert ET.fromstring(bytes(image)).tag.endswith("svg")  # noqa: S314 - our own picture


@pytest.mark.integration
def test_an_acknowledgement_takes_pictures_of_its_own(park):
    alert = raise_alert(park)
    actions.acknowledge(park, Seen(alert.id, alert.version), OPERATOR, NOW)
    assert snapshots.take(park, NOW).pictures == 4
    assert kept(park) == [(2, "acknowledged"), (3, "acknowledged"), (2, "raised"), (3, "raised")]


@pytest.mark.integration
def test_a_picture_of_now_is_not_kept_for_what_is_long_past(park):
    raise_alert(park)
    assert snapshots.take(park, NOW + timedelta(hours=1)).pictures == 0
    raise_alert(park, rule="tank_level", origin="retrospective", condition="normal")
    assert snapshots.take(park, NOW).pictures == 0


@pytest.mark.integration
def test_a_place_without_cameras_has_no_pictures(park):
    raise_alert(park, station_id=2)
    raise_alert(park, station_id=None, rule="silence", target_kind="enterprise")
    assert snapshots.take(park, NOW) == snapshots.Taken(2, 0, more=False)


@pytest.mark.integration
def test_a_turn_that_fails_moves_nothing(park, monkeypatch):
    raise_alert(park)

    def broken(*_):
        raise RuntimeError("power cut")

    with monkeypatch.context() as patch:
        patch.setattr(picture, "draw", broken)
        with pytest.raises(RuntimeError):
            snapshots.take(park, NOW)
    assert kept(park) == []
    assert snapshots.take(park, NOW).pictures == 2


@pytest.mark.integration
def test_a_turn_takes_pictures_ends_shelves_and_probes(park):
    alert = raise_alert(park)
    actions.shelve(
        park, Seen(alert.id, alert.version), OPERATOR, NOW, reason="r", until=NOW + timedelta(minutes=1)
    )
    park.commit()
    said = []
    watcher = watch.Watch(demo=True, told=lambda event, facts: said.append((event, facts)))
    watcher.turn(park, NOW)
    watcher.turn(park, NOW + timedelta(minutes=2))
    assert said == [("snapshots_taken", {"events": 2, "pictures": 2}), ("shelves_ended", {"alerts": 1})]
    assert park.execute("select count(*) from camera where probed_at is not null").fetchone()[0] == 4


@pytest.mark.integration
def test_a_probe_moves_the_time_of_a_change_only_with_a_change(park):
    online = probes.probe(park, NOW)
    first = park.execute("select id, online, online_since from camera order by id").fetchall()
    assert sum(row[1] for row in first) == online
    probes.probe(park, NOW + timedelta(minutes=1))
    assert park.execute("select id, online, online_since from camera order by id").fetchall() == first


def test_a_simulated_camera_is_down_now_and_then():
    hours = [NOW + timedelta(hours=hour) for hour in range(200)]
    up = sum(probes.answers(camera, hour) for camera in range(96) for hour in hours)
    assert 0.990 < up / (96 * 200) < 0.999
