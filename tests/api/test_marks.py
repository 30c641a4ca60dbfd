"""Marks on data: who files, who proves, who decides, and what each of it leaves behind."""

import io
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from records.corrections import chain
from smartpark import clock
from tests.databases import until_somebody_waits

pytestmark = pytest.mark.integration
P = "/api/v1"
PDF = ("报告.pdf", b"%PDF-1.7 proof", "application/pdf")
NOW = clock.now().replace(minute=0, second=0, microsecond=0)
START = NOW - timedelta(hours=5)


def body(**more: object) -> dict:
    said = {
        "station": "s1",
        "kind": "device",
        "code": "fault",
        "starts_at": START.isoformat(),
        "ends_at": (START + timedelta(hours=2)).isoformat(),
        "reason": "analyser broke down",
    }
    return {**said, **more}


def filed(client, **more: object) -> dict:
    answer = client.post(f"{P}/marks", json=body(**more))
    assert answer.status_code == 201, answer.text
    return answer.json()


def proved(client, number: int, file: tuple = PDF):
    return client.post(f"{P}/marks/{number}/vouchers", files={"file": file})


def decided(client, number: int, decision: str, note: str | None = None):
    return client.post(f"{P}/marks/{number}/decide", json={"decision": decision, "note": note})


def test_an_enterprise_files_a_mark_of_its_own_data_and_leaves_its_traces(as_role, park_conn):
    mark = filed(as_role("enterprise"))
    assert (mark["state"], mark["effect"], mark["name_zh"]) == ("filed", "invalid", "自动监测设备故障")
    assert mark["due_in_days"] >= 9
    assert (mark["station"]["code"], mark["sensor"], mark["vouchers"]) == ("s1", None, [])
    due = park_conn.execute(
        "select distinct hour, cause from record_due where sensor_id = 1 order by 1"
    ).fetchall()
    assert due == [(START, "mark 1"), (START + timedelta(hours=1), "mark 1")]
    assert park_conn.execute("select action, object from audit").fetchall() == [("mark.file", "mark/1")]
    (entry,) = chain.entries_of(park_conn, ["mark 1"])
    assert (entry.action, entry.actor) == ("mark.file", "enterprise")
    assert chain.verify(park_conn).holds


def test_nobody_marks_the_data_of_another_enterprise(as_role):
    enterprise = as_role("enterprise")
    assert enterprise.post(f"{P}/marks", json=body(station="s2")).status_code == 404
    assert enterprise.post(f"{P}/marks", json=body(station=None, sensor=2)).status_code == 404
    assert enterprise.post(f"{P}/marks", json=body(sensor=2)).status_code == 404
    other = filed(as_role("operator"), station="s2")
    assert proved(enterprise, other["id"]).status_code == 404
    assert enterprise.post(f"{P}/marks/{other['id']}/withdraw", json={}).status_code == 404
    assert enterprise.get(f"{P}/marks").json()["items"] == []


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"code": "stopped"}, "body.code"),
        ({"starts_at": (NOW - timedelta(days=11)).isoformat(), "ends_at": NOW.isoformat()}, "body.starts_at"),
        (
            {"starts_at": (NOW - timedelta(seconds=90)).isoformat(), "ends_at": NOW.isoformat()},
            "body.starts_at",
        ),
        ({"ends_at": START.isoformat()}, "body.ends_at"),
        ({"ends_at": (NOW + timedelta(days=12)).isoformat()}, "body.ends_at"),
        ({"reason": "  "}, "body.reason"),
        ({"station": None}, "body.station"),
    ],
)
def test_a_mark_that_may_not_be_is_refused_with_the_field(as_role, more, field):
    answer = as_role("enterprise").post(f"{P}/marks", json=body(**more))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


def test_the_same_mark_is_not_filed_twice_while_the_first_stands(as_role):
    enterprise = as_role("enterprise")
    first = filed(enterprise)["id"]
    again = enterprise.post(f"{P}/marks", json=body(reason="sent once more"))
    assert (again.status_code, again.json()["mark"]) == (409, first)
    assert f"mark {first}" in again.json()["detail"]
    assert filed(enterprise, sensor=1)["sensor"]["id"] == 1
    filed(enterprise, ends_at=(START + timedelta(hours=3)).isoformat())
    assert enterprise.post(f"{P}/marks", json=body(sensor=1)).status_code == 409
    enterprise.post(f"{P}/marks/{first}/withdraw", json={})
    assert filed(enterprise)["id"] > first


def test_a_finalised_month_is_marked_by_those_who_officiate_alone(as_role, park_conn):
    park_conn.execute(
        "insert into sealed_month (enterprise_id, month, sealed_by, sealed_at, figures, sha256)"
        " values (1, date_trunc('month', %s at time zone 'Asia/Shanghai'), 'x', now(), '{}', '\\x00')",
        [START],
    )
    park_conn.commit()
    refused = as_role("enterprise").post(f"{P}/marks", json=body())
    assert refused.status_code == 409
    assert refused.json()["month"] == f"{START + timedelta(hours=8):%Y-%m}"
    filed(as_role("bureau"))


def test_a_mark_is_confirmed_only_with_a_voucher_and_by_another_person(as_role, park_conn):
    enterprise, bureau = as_role("enterprise"), as_role("bureau")
    number = filed(enterprise)["id"]
    assert decided(bureau, number, "confirmed").status_code == 409
    assert decided(enterprise, number, "confirmed").status_code == 403
    shown = proved(enterprise, number).json()
    assert (shown["due_in_days"], len(shown["vouchers"])) == (None, 1)
    mark = decided(bureau, number, "confirmed").json()
    assert (mark["state"], mark["decided_by"]) == ("confirmed", "bureau")
    assert decided(bureau, number, "refused", "late").status_code == 409
    own = filed(bureau, sensor=1)["id"]
    proved(bureau, own)
    assert decided(bureau, own, "confirmed").status_code == 409
    assert [one.action for one in chain.entries_of(park_conn, [f"mark {number}"])] == [
        "mark.file",
        "mark.voucher",
        "mark.decide",
    ]
    assert chain.verify(park_conn).holds


def test_a_refusal_says_why_and_what_is_refused_is_remade(as_role, park_conn):
    number = filed(as_role("enterprise"))["id"]
    assert decided(as_role("bureau"), number, "refused").json()["errors"][0]["field"] == "body.note"
    park_conn.execute("delete from record_due")
    park_conn.commit()
    assert decided(as_role("bureau"), number, "refused", "no proof").json()["state"] == "refused"
    assert park_conn.execute("select count(*) from record_due where sensor_id = 1").fetchone() == (2,)


def test_only_an_open_mark_is_withdrawn(as_role):
    enterprise = as_role("enterprise")
    number = filed(enterprise)["id"]
    assert (
        enterprise.post(f"{P}/marks/{number}/withdraw", json={"note": "mistake"}).json()["state"]
        == "withdrawn"
    )
    assert enterprise.post(f"{P}/marks/{number}/withdraw", json={}).status_code == 409
    assert proved(enterprise, number).status_code == 409


def test_a_voucher_comes_back_as_it_was_uploaded_and_twice_is_once(as_role):
    enterprise = as_role("enterprise")
    number = filed(enterprise)["id"]
    proved(enterprise, number)
    (voucher,) = proved(enterprise, number).json()["vouchers"]
    assert (voucher["name"], voucher["bytes"]) == ("报告.pdf", len(PDF[1]))
    answer = enterprise.get(f"{P}/attachments/{voucher['id']}")
    assert (answer.content, answer.headers["content-type"]) == (PDF[1], "application/pdf")
    assert answer.headers["etag"] == f'"{voucher["sha256"]}"'
    assert enterprise.get(f"{P}/attachments/999").status_code == 404


def test_an_attachment_of_another_enterprise_is_not_there(as_role):
    other = filed(as_role("operator"), station="s2")["id"]
    (voucher,) = proved(as_role("operator"), other).json()["vouchers"]
    assert as_role("enterprise").get(f"{P}/attachments/{voucher['id']}").status_code == 404


def zipped(name: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(name, "x")
    return content.getvalue()


@pytest.mark.parametrize(
    ("file", "status"),
    [
        (("a.exe", b"MZ", "application/pdf"), 415),
        (("a.pdf", b"MZ is no pdf", "application/pdf"), 415),
        (("a.pdf", b"", "application/pdf"), 422),
        (("a.png", b"\x89PNG\r\n\x1a\n...", "image/png"), 201),
        (("a.XLSX", zipped("[Content_Types].xml"), "x/y"), 201),
        (("a.XLSX", zipped("virus.exe"), "x/y"), 415),
        (("a.docx", b"PK\x03\x04...", "x/y"), 415),
    ],
)
def test_only_files_that_are_what_they_say_are_taken(as_role, file, status):
    enterprise = as_role("enterprise")
    number = filed(enterprise)["id"]
    assert proved(enterprise, number, file).status_code == status


def test_marks_are_filtered_and_come_in_pages(as_role):
    bureau = as_role("bureau")
    for code in ("fault", "maintenance", "calibration"):
        filed(bureau, code=code)
    filed(bureau, kind="condition", code="stopped", station=None, sensor=3)
    first = bureau.get(f"{P}/marks?limit=2").json()
    rest = bureau.get(f"{P}/marks?limit=2&cursor={first['next']}").json()
    assert [one["code"] for one in first["items"] + rest["items"]] == [
        "stopped",
        "calibration",
        "maintenance",
        "fault",
    ]
    (one,) = bureau.get(f"{P}/marks?kind=condition").json()["items"]
    assert (one["sensor"]["id"], one["effect"]) == (3, "stopped")
    assert len(bureau.get(f"{P}/marks?enterprise=e1&without_voucher=true&state=filed").json()["items"]) == 3
    assert bureau.get(f"{P}/marks?to=2026-01-01T00:00:00Z").json()["items"] == []


def test_a_viewer_reads_marks_and_their_codes_and_files_none(as_role):
    viewer = as_role("viewer")
    assert viewer.get(f"{P}/marks").status_code == 200
    codes = viewer.get(f"{P}/mark-codes?kind=condition").json()["items"]
    assert {one["effect"] for one in codes} == {"exempt", "stopped"}
    assert viewer.post(f"{P}/marks", json=body()).status_code == 403


def test_a_key_neither_files_nor_decides_nor_signs_so_that_nobody_stands_for_two(client, as_role):
    admin = as_role("admin")
    key = admin.post(f"{P}/api-keys", json={"name": "k1", "role": "bureau"}).json()["key"]
    machine = {"X-API-Key": key}
    number = filed(admin)["id"]
    proved(admin, number)
    said = {"decision": "confirmed", "note": None}
    refused = [
        client.post(f"{P}/marks", json=body(), headers=machine),
        client.post(f"{P}/marks/{number}/decide", json=said, headers=machine),
        client.post(f"{P}/reports/1/sign", headers=machine),
        client.post(f"{P}/months/e1/2026-09/finalise", json={}, headers=machine),
    ]
    assert [answer.status_code for answer in refused] == [403] * 4
    assert admin.get(f"{P}/marks?state=filed").json()["items"][0]["id"] == number
    assert decided(as_role("bureau"), number, "confirmed").status_code == 200


def test_a_code_of_another_sector_is_refused_with_those_that_may_be_used(as_role, park_conn):
    enterprise = as_role("enterprise")
    said = body(kind="condition", code="start_up")
    refused = enterprise.post(f"{P}/marks", json=said)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "body.code")
    assert "write one of stopped, no_discharge" in refused.text
    assert (
        as_role("bureau").post(f"{P}/marks", json={**said, "station": "s3"}).status_code == 422
    )  # the park's own
    park_conn.execute("update enterprise set sector = 'power' where id = 1")
    park_conn.commit()
    assert filed(enterprise, kind="condition", code="start_up")["effect"] == "exempt"
    furnace = enterprise.post(f"{P}/marks", json=body(kind="condition", code="furnace_start_up"))
    assert furnace.status_code == 422


def test_a_mark_waits_for_a_month_that_is_being_finalised_and_is_refused(as_role, park_conn):
    park_conn.execute("select pg_advisory_xact_lock(hashtextextended('finalise 1', 0))")
    park_conn.execute(
        "insert into sealed_month (enterprise_id, month, sealed_by, sealed_at, figures, sha256)"
        " values (1, date_trunc('month', %s at time zone 'Asia/Shanghai'), 'x', now(), '{}', '\\x00')",
        [START],
    )
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(as_role("enterprise").post, f"{P}/marks", json=body())
        until_somebody_waits(park_conn)
        park_conn.commit()
        assert answer.result().status_code == 409
