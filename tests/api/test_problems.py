"""One error shape, in the reader's language, that says what is wrong and what to write instead."""

import pytest

from api.words import language_of

P = "/api/v1"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "zh"),
        ("en", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en;q=0.3,zh;q=0.8", "zh"),
        ("de,fr", "zh"),
        ("de,en;q=0.1", "en"),
        ("en;q=nonsense", "zh"),
    ],
)
def test_the_language_is_the_one_the_header_weighs_higher(header, language):
    assert language_of(header) == language


def is_problem(answer, status: int) -> dict:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert {"type", "title", "status", "detail", "instance", "request_id"} <= set(body)
    assert body["status"] == status
    assert body["request_id"] == answer.headers["x-request-id"]
    return body


@pytest.mark.integration
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/alerts/999", 404),
        ("GET", "/stations/none", 404),
        ("GET", "/alerts/1/snapshots/9", 404),
        ("PUT", "/alerts", 405),
        ("POST", "/stations", 405),
        ("GET", "/alerts/abc", 422),
        ("GET", "/alerts/0", 422),
        ("GET", "/alerts/99999999999999999999", 422),
        ("GET", "/alerts?from=2026-11-22T08:00:00", 422),
        ("GET", "/alerts?from=yesterday", 422),
        ("GET", "/alerts?from=2026-11-23T00:00:00Z&to=2026-11-22T00:00:00Z", 422),
        ("GET", "/alerts?cursor=nonsense", 422),
        ("GET", "/alerts?cursor=WyJzdGF0aW9ucyIsMV0=", 422),
        ("GET", "/alerts?limit=0", 422),
        ("GET", "/alerts?class=siren", 422),
        ("GET", "/alerts?station=%00", 422),
        ("GET", "/stations?tz=Mars/Base", 422),
        ("GET", "/stations?kind=moon", 422),
        ("GET", "/readings", 422),
        ("GET", "/readings?sensor=-1", 422),
        ("GET", "/readings?sensor=1&format=pdf", 422),
        ("GET", "/readings?sensor=1&from=9999-12-31T23:59:59-23:59", 422),
        ("GET", "/series?sensor=1&points=1", 422),
        ("GET", "/modules/unknown", 422),
        ("POST", "/alerts/1/acknowledge", 422),
        ("POST", "/quarantine/999/release", 404),
    ],
)
def test_every_error_is_a_problem_in_both_languages(readers, method, path, status):
    operator = readers("operator")
    english = is_problem(operator.request(method, P + path), status)
    chinese = is_problem(operator.request(method, P + path, headers={"Accept-Language": "zh-CN"}), status)
    assert english["title"] != chinese["title"]
    assert english["detail"] != chinese["detail"]
    if status == 422:
        assert all(one["field"] and one["detail"] for one in english["errors"])
        assert english["errors"][0]["detail"].isascii()


@pytest.mark.integration
def test_a_field_that_does_not_fit_is_named_with_what_to_write(readers):
    answer = readers("operator").get(f"{P}/alerts?from=2026-11-22T08:00:00&limit=many")
    errors = {one["field"]: one["detail"] for one in answer.json()["errors"]}
    assert errors == {
        "query.from": "is not a time with its offset; write it like 2026-11-22T08:00:00+08:00 (in a URL, + is %2B)",
        "query.limit": "is not a whole number; write one such as 42",
    }


@pytest.mark.integration
@pytest.mark.parametrize(
    "body", [b"{", b"[]", b"\xff\xfe", b'{"version": "x"}', b'{"version": 1, "more": 2}', b"{}"]
)
def test_a_body_that_does_not_fit_is_a_problem(readers, body):
    headers = {"Content-Type": "application/json"}
    problem = is_problem(
        readers("operator").post(f"{P}/alerts/1/unshelve", content=body, headers=headers), 422
    )
    assert problem["errors"][0]["field"].startswith("body")


@pytest.mark.integration
def test_a_huge_body_is_refused(readers):
    headers = {"Content-Type": "application/json"}
    answer = readers("operator").post(f"{P}/alerts/1/comment", content=b" " * 2_000_000, headers=headers)
    is_problem(answer, 413)


@pytest.mark.integration
def test_a_wrong_method_names_the_right_ones(readers):
    answer = readers("operator").delete(f"{P}/alerts")
    assert is_problem(answer, 405)
    assert "GET" in answer.headers["allow"]


@pytest.mark.integration
def test_what_nobody_expected_is_a_problem_too(app, as_role, monkeypatch):
    def broken(*_: object) -> None:
        raise ZeroDivisionError("a secret detail")

    monkeypatch.setattr("api.visit.Page.answer", broken)
    body = is_problem(as_role("operator").get(f"{P}/parks"), 500)
    assert "secret" not in body["detail"]


@pytest.mark.integration
def test_without_its_database_the_api_says_so(as_role, app, servers, dsn):
    operator = as_role("operator")
    assert operator.get(f"{P}/parks").status_code == 200
    app.state.house.pool.close()
    answer = operator.get(f"{P}/parks")
    assert is_problem(answer, 503)
    assert answer.headers["retry-after"]
    assert operator.get("/healthz").status_code == 200
    ready = operator.get("/readyz")
    assert (ready.status_code, ready.json()["status"]) == (503, "not_ready")
    assert "smartpark_database_up 0.0" in operator.get("/metrics").text


@pytest.mark.integration
def test_a_request_id_is_taken_over_when_it_is_harmless(readers):
    client = readers("viewer")
    assert client.get("/healthz", headers={"X-Request-ID": "abc-123"}).headers["x-request-id"] == "abc-123"
    strange = client.get("/healthz", headers={"X-Request-ID": "<script>"}).headers["x-request-id"]
    assert strange != "<script>"
    assert len(strange) == 16
