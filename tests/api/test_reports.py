"""Reports over the API: made, listed, downloaded under their Chinese names, signed; an enterprise has its own."""

import hashlib
import io
import threading
from urllib.parse import unquote

import openpyxl
import pytest
from jsonschema import Draft202012Validator

from records.reports import keeping, printing
from tests.records.reports import place

pytestmark = pytest.mark.integration
P = "/api/v1"
WHY = {"reason": "上级要求先行报送草稿"}
MONTH = {"kind": "monthly", "start": "2026-10-01", "enterprise": "e1", "formats": ["xlsx"]}


@pytest.fixture(autouse=True)
def no_browser(monkeypatch) -> None:
    monkeypatch.setattr(printing, "_NAMES", ("no-such-browser",))


@pytest.fixture
def bureau(as_role, park_conn):
    park_conn.execute(
        "insert into quantity (code, name_zh, name_en, unit, decimals, source) values"
        " ('a21026', '二氧化硫', 'SO2', 'mg/m³', 1, 't'), ('a00000', '流量', 'flow', 'm³/h', 0, 't'),"
        " ('w01018', '化学需氧量', 'COD', 'mg/L', 1, 't'), ('a34002', 'PM10', 'PM10', 'µg/m³', 0, 't')"
        " on conflict do nothing"
    )
    place.build(park_conn, park=False)
    return as_role("bureau")


def post(client, **changes):
    return client.post(f"{P}/reports", json=MONTH | changes)


def test_a_report_is_made_and_listed_with_its_checksum(bureau, document):
    answer = post(bureau)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    schema = document["paths"][f"{P}/reports"]["post"]["responses"]["201"]["content"]["application/json"][
        "schema"
    ]
    assert not list(Draft202012Validator({**schema, "components": document["components"]}).iter_errors(made))
    (one,) = made["items"]
    assert (one["title"], one["file_name"]) == (
        "甲化工环保月报 2026年10月",
        "环保月报_甲化工_2026年10月_第1版.xlsx",
    )
    assert (one["from"], one["to"]) == ("2026-10-01T00:00:00+08:00", "2026-11-01T00:00:00+08:00")
    assert (one["enterprise"]["code"], one["made_by"], one["newest"]) == ("e1", "bureau", True)
    assert bureau.get(f"{P}/reports").json() == {"items": [one], "next": None}


def test_a_file_comes_under_its_chinese_name_with_its_checksum_as_etag(bureau):
    one = post(bureau).json()["items"][0]
    answer = bureau.get(f"{P}/reports/{one['id']}/file")
    assert (
        answer.headers["content-type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    named = answer.headers["content-disposition"]
    assert 'filename="monthly-e1-2026-10-01-r1.xlsx"' in named
    assert unquote(named.split("filename*=UTF-8''")[1]) == one["file_name"]
    assert hashlib.sha256(answer.content).hexdigest() == one["sha256"]
    assert (answer.headers["etag"], len(answer.content)) == (f'"{one["sha256"]}"', one["bytes"])
    assert "汇总" in openpyxl.load_workbook(io.BytesIO(answer.content)).sheetnames
    known = {"If-None-Match": answer.headers["etag"]}
    assert bureau.get(f"{P}/reports/{one['id']}/file", headers=known).status_code == 304


def test_without_a_browser_the_other_formats_are_made_and_one_sentence_says_why(bureau):
    made = post(bureau, formats=["xlsx", "docx", "pdf"]).json()
    assert sorted(one["format"] for one in made["items"]) == ["docx", "xlsx"]
    (lacking,) = made["lacking"]
    assert lacking["format"] == "pdf"
    assert "Chromium" in lacking["detail_zh"]
    alone = post(bureau, formats=["pdf"])
    assert (alone.status_code, alone.json()["detail"][:30]) == (503, "this machine has no Chromium, ")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"start": "2026-10-02"}, "body.start"),
        ({"kind": "annual"}, "body.start"),
        ({"start": "2199-10-01"}, "body.start"),
        ({"formats": []}, "body.formats"),
        ({"kind": "weekly"}, "body.kind"),
    ],
)
def test_a_report_that_cannot_be_says_which_field_is_wrong(bureau, changes, field):
    answer = post(bureau, **changes)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"] == field


def test_a_place_that_is_not_there_is_not_found(bureau):
    assert post(bureau, enterprise="nobody").status_code == 404
    assert post(bureau, enterprise=None, park="nowhere").status_code == 404
    assert bureau.get(f"{P}/reports/999/file").status_code == 404
    assert bureau.post(f"{P}/reports/999/sign").status_code == 404


def test_an_enterprise_makes_and_sees_its_own_alone(bureau, as_role):
    enterprise = as_role("enterprise")
    assert post(bureau, enterprise="e2").status_code == 201
    assert post(bureau, enterprise=None).json()["items"][0]["enterprise"] is None
    assert post(enterprise, enterprise="e2").status_code == 404
    own = post(enterprise, enterprise=None).json()["items"]
    assert [one["enterprise"]["code"] for one in own] == ["e1"]
    assert enterprise.get(f"{P}/reports").json()["items"] == own
    assert len(bureau.get(f"{P}/reports").json()["items"]) == 3
    others = [one["id"] for one in bureau.get(f"{P}/reports").json()["items"] if one["id"] != own[0]["id"]]
    assert {enterprise.get(f"{P}/reports/{n}/file").status_code for n in others} == {404}
    assert enterprise.post(f"{P}/reports/{own[0]['id']}/sign").status_code == 403


@pytest.mark.parametrize(
    ("role", "status"), [("operator", 403), ("viewer", 403), ("patrol", 403), ("leader", 201)]
)
def test_who_does_not_officiate_makes_no_report_of_others(bureau, as_role, role, status):
    assert post(as_role(role)).status_code == status


def test_reports_are_filtered_and_paged(bureau):
    post(bureau)
    post(bureau, kind="daily", start="2026-10-03", formats=["xlsx", "docx"])
    post(bureau, enterprise=None)

    def ids(query: str) -> list[int]:
        return [one["id"] for one in bureau.get(f"{P}/reports?{query}").json()["items"]]

    assert ids("") == [4, 3, 2, 1]
    assert ids("kind=daily") == [3, 2]
    assert ids("format=docx") == [3]
    assert ids("scope=park") == [4]
    assert ids("enterprise=e1&kind=monthly") == [1]
    assert ids("since=2026-10-02") == [3, 2]
    assert ids("until=2026-10-02") == [4, 1]
    assert ids("finalised=true") == ids("signed=true") == ids("park=nowhere") == []
    first = bureau.get(f"{P}/reports?limit=3").json()
    assert ids(f"limit=3&cursor={first['next']}") == [1]


def test_a_signature_is_given_once_and_stands_in_audit_and_chain(bureau, as_role, park_conn):
    one = post(bureau).json()["items"][0]
    leader = as_role("leader")
    signed = leader.post(f"{P}/reports/{one['id']}/sign", json=WHY).json()
    assert (signed["signed_by"], signed["sha256"]) == ("leader", one["sha256"])
    again = bureau.post(f"{P}/reports/{one['id']}/sign")
    assert (again.status_code, again.json()["report"]["signed_by"]) == (409, "leader")
    audit = park_conn.execute(
        "select actor, action, object, detail #>> '{signed,0,sha256}' from audit order by id"
    ).fetchall()
    assert audit[-1] == ("leader", "report.sign", f"report/{one['id']}", one["sha256"])
    (entry,) = park_conn.execute("select actor, action, object, content from chain_entry").fetchall()
    assert entry[:3] == ("leader", "report.sign", f"report {one['id']}")
    assert one["sha256"] in entry[3]


@pytest.mark.parametrize("body", [None, {}, {"reason": "         急      "}])
def test_the_draft_of_a_month_that_is_not_finalised_is_signed_with_a_reason_only(bureau, park_conn, body):
    one = post(bureau).json()["items"][0]
    answer = bureau.post(f"{P}/reports/{one['id']}/sign", json=body, headers={"Accept-Language": "zh-CN"})
    assert (answer.status_code, answer.json()["report"]["signed_at"]) == (409, None)
    assert "请先定稿" in answer.json()["detail"]
    signed = bureau.post(f"{P}/reports/{one['id']}/sign", json=WHY).json()
    assert signed["signed_reason"] == WHY["reason"]
    (content,) = park_conn.execute("select content::json ->> 'reason' from chain_entry").fetchone()
    (detail,) = park_conn.execute(
        "select detail ->> 'reason' from audit where action = 'report.sign'"
    ).fetchone()
    assert content == detail == WHY["reason"]


@pytest.mark.parametrize(
    "which", [{"enterprise": None}, {"kind": "daily", "start": "2026-10-03"}, {"seal": True}]
)
def test_a_finalised_month_the_park_and_a_day_are_signed_without_a_reason(bureau, park_conn, which):
    if which.pop("seal", False):
        place.seal(park_conn)
    one = post(bureau, **which).json()["items"][0]
    answer = bureau.post(f"{P}/reports/{one['id']}/sign")
    assert (answer.status_code, answer.json()["signed_reason"]) == (200, None)


def test_all_files_of_a_revision_are_signed_at_once_by_one_entry(bureau, park_conn):
    items = post(bureau, formats=["xlsx", "docx"]).json()["items"]
    bureau.post(f"{P}/reports/{items[0]['id']}/sign", json=WHY)
    listed = bureau.get(f"{P}/reports?signed=true").json()["items"]
    assert {(one["format"], one["signed_by"]) for one in listed} == {("xlsx", "bureau"), ("docx", "bureau")}
    ((content,),) = park_conn.execute("select content from chain_entry").fetchall()
    assert all(one["sha256"] in content for one in items)
    assert bureau.post(f"{P}/reports/{items[1]['id']}/sign", json=WHY).status_code == 409


def test_an_older_revision_is_not_signed_any_more(bureau, park_conn):
    old = post(bureau).json()["items"][0]
    place.revise(park_conn, place.COD, "day", place.MONTH, 47.0, at=place.NOW)
    new = post(bureau).json()["items"][0]
    assert (new["revision"], new["newest"]) == (2, True)
    answer = bureau.post(f"{P}/reports/{old['id']}/sign")
    assert (answer.status_code, answer.json()["report"]["newest"]) == (409, False)
    assert bureau.post(f"{P}/reports/{new['id']}/sign", json=WHY).status_code == 200


def test_a_report_that_was_made_before_its_period_was_over_is_not_signed(bureau, park_conn):
    year = {"kind": "annual", "start": "2026-01-01"}
    draft = post(bureau, **year).json()["items"][0]
    answer = bureau.post(f"{P}/reports/{draft['id']}/sign")
    assert (answer.status_code, answer.json()["report"]["id"]) == (409, draft["id"])
    assert answer.json()["detail"].startswith("it was made before its period was over")
    early = post(bureau).json()["items"][0]
    park_conn.execute("alter table report disable trigger stands")
    park_conn.execute("update report set made_at = '2026-10-31 23:59+08' where id = %s", [early["id"]])
    park_conn.execute("alter table report enable trigger stands")
    park_conn.commit()
    assert bureau.post(f"{P}/reports/{early['id']}/sign").status_code == 409


def test_a_signature_waits_for_a_revision_that_is_just_being_kept(bureau, park_conn):
    old = post(bureau).json()["items"][0]
    park_conn.execute("select pg_advisory_xact_lock(hashtextextended('reports', 0))")
    park_conn.execute(
        "insert into report (park_id, enterprise_id, kind, start, format, revision, facts_sha256, made_at, made_by, sha256, bytes,"
        " content) select park_id, enterprise_id, kind, start, format, 2, 'x', made_at, made_by, sha256, bytes, content from report"
    )
    answers = []
    signing = threading.Thread(
        target=lambda: answers.append(bureau.post(f"{P}/reports/{old['id']}/sign").status_code)
    )
    signing.start()
    signing.join(0.5)
    park_conn.commit()
    signing.join(20)
    assert answers == [409]


def test_while_a_report_is_made_the_next_is_told_to_come_back_and_the_rest_is_answered(
    bureau, monkeypatch, app
):
    whole, began, go_on = keeping.written, threading.Event(), threading.Event()

    def slow(facts, name):
        began.set()
        assert go_on.wait(30)
        return whole(facts, name)

    monkeypatch.setattr(keeping, "written", slow)
    answers = []
    making = threading.Thread(target=lambda: answers.append(post(bureau).status_code))
    making.start()
    try:
        assert began.wait(30)
        waiting = [post(bureau, kind="daily", start=f"2026-10-0{n}") for n in range(1, 6)]
        assert {(one.status_code, one.headers["retry-after"]) for one in waiting} == {(503, "10")}
        assert bureau.get(f"{P}/reports").status_code == 200
        stats = app.state.house.pool.get_stats()
        assert stats["pool_available"] == stats["pool_size"]
    finally:
        go_on.set()
        making.join(30)
    assert answers == [201]
    assert post(bureau).status_code == 201


def test_who_was_overtaken_is_told_to_come_back(bureau, monkeypatch):
    def overtaken(*_, **__):
        raise keeping.OvertakenError("ask again")

    monkeypatch.setattr(keeping, "_keep", overtaken)
    answer = post(bureau)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
    monkeypatch.undo()
    assert post(bureau).status_code == 201
