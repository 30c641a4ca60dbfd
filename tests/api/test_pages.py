"""The dashboard is served by the product itself: files, inner addresses, headers, and a clear page without it."""

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.frame import content_policy
from smartpark import settings

NOWHERE = {"SMARTPARK_DB__DSN": "host=127.0.0.1 port=1 dbname=none"}


@pytest.fixture
def page(tmp_path) -> TestClient:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<title>park</title>")
    (tmp_path / "assets" / "app-1a2b.js").write_text("let a")
    return TestClient(create_app(settings.load(NOWHERE, None), tmp_path))


@pytest.mark.parametrize("path", ["/", "/alerts", "/modules/safety", "/stations/s1"])
def test_an_inner_address_is_the_page(page, path):
    answer = page.get(path)
    assert (answer.status_code, answer.text) == (200, "<title>park</title>")
    assert answer.headers["cache-control"] == "no-cache"


def test_a_file_with_a_digest_in_its_name_may_be_kept_for_ever(page):
    answer = page.get("/assets/app-1a2b.js")
    assert answer.text == "let a"
    assert "immutable" in answer.headers["cache-control"]


@pytest.mark.parametrize(
    "path", ["/assets/gone-9.js", "/favicon.png", "/..%2f..%2fpyproject.toml", "/api/v1/nothing", "/api"]
)
def test_what_is_not_there_is_a_problem_and_never_the_page(page, path):
    answer = page.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_page_takes_no_orders(page):
    answer = page.post("/alerts")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


def test_every_answer_protects_its_reader(page):
    for path in ("/", "/healthz", "/docs", "/api/v1/nothing"):
        headers = page.get(path).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["x-request-id"]


def test_the_policy_lets_map_tiles_in_and_nothing_else():
    assert "https://tiles.example" in content_policy("https://tiles.example/{z}/{x}/{y}.png")
    assert "https://*.example" in content_policy("https://{s}.example/{z}/{x}/{y}.png")
    assert "http" not in content_policy("")


def test_without_a_build_the_page_says_what_to_do(tmp_path):
    answer = TestClient(create_app(settings.load(NOWHERE, None), tmp_path)).get("/")
    assert answer.status_code == 503
    assert "make run" in answer.text


def test_the_documentation_needs_nothing_from_elsewhere(page):
    text = page.get("/docs").text
    assert "/api/v1/alerts/{alert_id}/acknowledge" in text
    assert "<script" not in text
    assert "http://" not in text
    assert "https://" not in text
