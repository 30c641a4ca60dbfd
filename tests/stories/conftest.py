"""One running product and one browser for all stories."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from smartpark.embedded import ports
from smartpark.embedded.private import private_servers
from tests.stories.product import ROOT, Hand, Product

expect.set_options(timeout=30_000)  # a busy machine paints late; speed is measured elsewhere

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the stories that share a product on one worker."""
    for item in items:
        if "product" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("stories"))


@contextmanager
def running(name: str, folder: Path) -> Iterator[Product]:
    """The demo park without its fleet, on durable servers of its own."""
    with private_servers(ROOT / ".smartpark", name, durable=True) as servers:
        started = Product(servers.database.dsn, servers.broker.url, folder, ports.any_free())
        try:
            started.up()
            yield started
        finally:
            started.down()


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """One product for the stories that a hand plays."""
    with running("stories", tmp_path_factory.mktemp("product")) as started:
        yield started


@pytest.fixture
def fresh_product(tmp_path: Path) -> Iterator[Product]:
    """A product that nobody has touched, for a fleet whose every reading is accounted for."""
    with running("fresh", tmp_path) as started:
        yield started


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def hand(product: Product) -> Iterator[Hand]:
    """A hand that plays sensors."""
    playing = Hand(product)
    yield playing
    playing.close()


@pytest.fixture
def visit(product: Product, browser: Browser) -> Iterator[Callable[[str], Page]]:
    """Log somebody in, in a browser of their own, and return the first page they see."""
    contexts: list[BrowserContext] = []

    def log_in(username: str, width: int = 1366, height: int = 768) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height}, locale="zh-CN", timezone_id="Asia/Shanghai"
        )
        contexts.append(context)
        page = context.new_page()
        page.goto(product.url)
        page.get_by_label("用户名").fill(username)
        page.get_by_label("密码").fill(f"{username}-demo")
        page.keyboard.press("Enter")
        expect(page.get_by_text("退出登录")).to_be_visible()
        return page

    yield log_in
    for context in contexts:
        context.close()


@pytest.fixture
def pictures() -> Path:
    """Where a story leaves its screenshots."""
    folder = ROOT / "test-results" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
