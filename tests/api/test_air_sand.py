"""Sand-dust episodes: declared by who officiates, with a name and a document, in audit and chain; taken back, never deleted."""

from datetime import timedelta

import pytest

from api.roles import MAY, ROLES
from records.corrections import chain
from smartpark import clock
from tests.api.test_air import declare

pytestmark = pytest.mark.integration
P = "/api/v1"


def test_an_episode_is_declared_listed_and_taken_back(as_role, park_conn):
    bureau = as_role("bureau")
    made = declare(bureau)
    assert made.status_code == 201, made.text
    one = made.json()
    assert (one["declared_by"], one["whole_park"], one["stations"], one["attachment_id"]) == (
        "bureau", True, None, None,
    )  # fmt: skip
    assert bureau.get(f"{P}/sand-episodes").json()["items"] == [one]
    taken = bureau.post(f"{P}/sand-episodes/{one['id']}/withdraw", json={"reason": "another region"}).json()
    assert (taken["withdrawn_by"], taken["withdrawn_reason"]) == ("bureau", "another region")
    assert bureau.post(f"{P}/sand-episodes/{one['id']}/withdraw", json={"reason": "again"}).status_code == 409
    assert bureau.get(f"{P}/sand-episodes").json()["items"] == [taken]
    assert [row[0] for row in park_conn.execute("select action from audit order by id")] == [
        "sand.declare", "sand.withdraw",
    ]  # fmt: skip
    entries = chain.entries_of(park_conn, [f"sand {one['id']}"])
    assert [(entry.action, entry.actor) for entry in entries] == [
        ("sand.declare", "bureau"), ("sand.withdraw", "bureau"),
    ]  # fmt: skip
    assert chain.verify(park_conn).holds


def test_pages_ask_which_episode_holds_at_an_instant(as_role):
    bureau = as_role("bureau")
    number = declare(bureau, stations=["s3"]).json()["id"]

    def at(instant: str, more: str = "") -> list[int]:
        found = bureau.get(f"{P}/sand-episodes?at={instant}{more}").json()["items"]
        return [one["id"] for one in found]

    assert at("2026-03-02T03:00:00%2B08:00") == [number]
    assert at("2026-03-02T21:00:00%2B08:00") == []
    assert at("2026-03-02T12:00:00%2B08:00", "&station=s3") == [number]
    assert at("2026-03-02T12:00:00%2B08:00", "&station=s1") == []
    bureau.post(f"{P}/sand-episodes/{number}/withdraw", json={"reason": "x"})
    assert at("2026-03-02T12:00:00%2B08:00") == []


def test_a_declaration_that_does_not_fit_is_refused(as_role):
    bureau = as_role("bureau")
    for change, status in (
        ({"name": " "}, 422),
        ({"document": ""}, 422),
        ({"park": "nowhere"}, 404),
        ({"stations": ["nowhere"]}, 404),
        ({"stations": []}, 422),
        ({"ends_at": "2026-03-02T03:00:00+08:00"}, 422),
        ({"ends_at": "2026-03-18T03:00:00+08:00"}, 422),
        ({"more": 1}, 422),
    ):
        assert declare(bureau, **change).status_code == status, change
    assert bureau.get(f"{P}/sand-episodes").json()["items"] == []


def test_an_episode_is_not_declared_before_it_begins(as_role):
    ahead = clock.now() + timedelta(hours=1)
    span = {"starts_at": ahead.isoformat(), "ends_at": (ahead + timedelta(hours=5)).isoformat()}
    assert declare(as_role("bureau"), **span).status_code == 422


def test_only_who_officiates_declares_and_everybody_reads(as_role):
    for role in ROLES:
        one = as_role(role)
        status = declare(one).status_code
        assert status == (201 if "officiate" in MAY[role] else 403), role
        assert one.get(f"{P}/sand-episodes").status_code == 200


def test_an_enterprise_reads_the_episodes_of_its_park_alone(as_role, park_conn):
    declare(as_role("bureau"))
    park_conn.execute(
        "insert into park (id, code, name_zh, name_en, timezone, lat, lon) values (2, 'p2', '园', 'P2', 'Asia/Shanghai', 39, 106);"
        "insert into sand_episode (park_id, name, starts_at, ends_at, document, declared_by, declared_at)"
        " select 2, name, starts_at, ends_at, document, declared_by, declared_at from sand_episode"
    )
    park_conn.commit()

    def parks(role):
        return [one["park"] for one in as_role(role).get(f"{P}/sand-episodes").json()["items"]]

    assert (parks("viewer"), parks("enterprise")) == (["p2", "p1"], ["p1"])


def test_the_document_is_kept_with_its_digest_in_the_chain(as_role, park_conn):
    bureau = as_role("bureau")
    number = declare(bureau).json()["id"]
    files = {"file": ("notice.pdf", b"%PDF-1.7 sand", "application/pdf")}
    answer = bureau.post(f"{P}/sand-episodes/{number}/document", files=files)
    assert answer.status_code == 201, answer.text
    paper = bureau.get(f"{P}/attachments/{answer.json()['attachment_id']}")
    assert paper.content == b"%PDF-1.7 sand"
    assert chain.verify(park_conn).holds
    park_conn.execute("update attachment set content = 'x'")
    assert not chain.verify(park_conn).holds
    park_conn.rollback()
    bureau.post(f"{P}/sand-episodes/{number}/withdraw", json={"reason": "x"})
    assert bureau.post(f"{P}/sand-episodes/{number}/document", files=files).status_code == 409
    assert bureau.post(f"{P}/sand-episodes/999/document", files=files).status_code == 404


def test_the_document_of_an_episode_may_have_ten_megabytes(as_role):
    bureau = as_role("bureau")
    path = f"{P}/sand-episodes/{declare(bureau).json()['id']}/document"
    for size, status in ((10_000_000, 201), (10_000_001, 413), (11_000_000, 413)):
        content = b"%PDF-1.7 ".ljust(size, b"x")
        files = {"file": ("notice.pdf", content, "application/pdf")}
        assert bureau.post(path, files=files).status_code == status, size
