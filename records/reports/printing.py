"""Prints a page of HTML to PDF by the Chromium of this machine."""

import re
import shutil
import subprocess
import tempfile
from datetime import UTC, datetime
from pathlib import Path

MEDIA_TYPE = "application/pdf"
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_LONGEST_S = 60
_DATE = re.compile(rb"/(CreationDate|ModDate) \(D:\d{14}[^)]*\)")


class NoPrinterError(Exception):
    """No PDF was made; the sentence says why and what to do, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en


def printer() -> str | None:
    """Return the path of the browser that prints; None: this machine has none."""
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


def pdf(html: str, made_at: datetime) -> bytes:
    """Return a page as PDF; the same page made at the same time has the same bytes.

    Raises:
        NoPrinterError: there is no Chromium, or it did not print.

    """
    browser = printer()
    if browser is None:
        raise NoPrinterError(
            "本机没有 Chromium, 未生成 PDF; 请安装: apt-get install chromium",
            "this machine has no Chromium, so no PDF was made; install it: apt-get install chromium",
        )
    with tempfile.TemporaryDirectory(prefix="smartpark-report-") as folder:
        source, target = Path(folder, "report.html"), Path(folder, "report.pdf")
        source.write_text(html, encoding="utf-8")
        try:
            done = subprocess.run(  # noqa: S603 - a browser found by its name, and a file of our own
                _command(browser, folder, source, target),
                capture_output=True,
                timeout=_LONGEST_S,
                check=False,
            )
        except (subprocess.TimeoutExpired, OSError) as error:
            raise _failed(str(error)) from error
        if done.returncode or not target.is_file():
            raise _failed(f"exit code {done.returncode}")
        return _dated(target.read_bytes(), made_at)


def _command(browser: str, folder: str, source: Path, target: Path) -> list[str]:
    return [
        browser,
        "--headless",
        "--no-sandbox",  # as root there is none; the page is our own, and its policy lets no script run
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-pdf-tagging",  # half the size
        "--no-first-run",
        "--no-pdf-header-footer",
        f"--user-data-dir={folder}/profile",
        f"--print-to-pdf={target}",
        source.as_uri(),
    ]


def _failed(reason: str) -> NoPrinterError:
    return NoPrinterError(
        f"Chromium 未能生成 PDF: {reason[:200]}; 请稍后重试, 或改用 Excel、Word",
        f"Chromium did not make the PDF: {reason[:200]}; try again, or take Excel or Word",
    )


def _dated(content: bytes, made_at: datetime) -> bytes:
    """Write the time of the report over those of its printing, of the same length, so that every offset stays."""
    stamp = f"{made_at.astimezone(UTC):%Y%m%d%H%M%S}".encode()

    def replaced(match: re.Match[bytes]) -> bytes:
        old = match[0]
        start = old.index(b"D:") + 2
        return old[:start] + stamp + old[start + len(stamp) :]

    return _DATE.sub(replaced, content)
