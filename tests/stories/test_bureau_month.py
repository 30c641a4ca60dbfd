"""The bureau's month: from log-in to a finalised month and its signed workbook, in less than two minutes."""

import hashlib
import io
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from playwright.sync_api import expect

from smartpark import clock
from tests.stories.product import Product, wait_until

pytestmark = pytest.mark.browser

ZONE = ZoneInfo("Asia/Shanghai")
LIMIT_S = 120.0
_HOURS = """
insert into record (sensor_id, period, start, status, judgeable, mean, min, max, expected, received, samples, flag, amount, mass,
                    method, edition, cause, made_at)
select x.id, 'hour', h, 'valid', true, 12.5, 10, 15, 60, 60, 60, 'N', 100, 0.5, 'arithmetic', 'HJ 212-2017 app. D', 'closed',
       h + interval '65 minutes'
from sensor x join station st on st.id = x.station_id join enterprise e on e.id = st.enterprise_id,
     generate_series(%s::timestamptz, %s::timestamptz - interval '1 hour', interval '1 hour') h
where e.code = %s and x.active and x.due_since is not null and st.stream_class <> 'safety' and h >= x.due_since
on conflict do nothing"""
_NOTES = """
insert into record_due (sensor_id, hour, cause, noted_at)
select x.id, h, 'late', now() from sensor x join station st on st.id = x.station_id join enterprise e on e.id = st.enterprise_id,
     generate_series(%s::timestamptz, %s::timestamptz - interval '1 hour', interval '1 hour') h
where e.code = %s and x.active and st.stream_class <> 'safety'"""


def last_month() -> tuple[datetime, datetime]:
    """Return the ends of last month in the park."""
    end = datetime.now(UTC).astimezone(ZONE).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (end - timedelta(days=1)).replace(day=1), end


@pytest.fixture
def enterprise(product) -> tuple[str, str]:
    """Code and name of an enterprise with a stack whose last month is there, hour by hour."""
    code, name = product.rows(
        "select e.code, e.name_zh from enterprise e join station st on st.enterprise_id = e.id and st.kind = 'stack'"
        " group by 1, 2 order by count(*), 1 limit 1"
    )[0]
    start, end = last_month()
    product.write("update record_progress set done_until = now() where job = 'record hours'")
    product.write(
        "insert into record_progress (job, done_until) values ('record hours', date_trunc('hour', now())) on conflict do nothing"
    )
    product.write(_HOURS, start, end, code)
    product.write(_NOTES, start, end, code)
    wait_until(
        lambda: product.rows(
            "select 1 from record r join sensor x on x.id = r.sensor_id join station st on st.id = x.station_id"
            " join enterprise e on e.id = st.enterprise_id where e.code = %s and r.period = 'month' and r.start = %s"
            " and not exists (select from record_due)",
            code,
            start,
        ),
        within_s=90,
        what="the records of last month",
    )
    return code, name


def test_from_log_in_to_a_signed_workbook_of_the_month(product, visit, enterprise, pictures):
    code, name = enterprise
    start, _ = last_month()
    month = f"{start:%Y-%m}"
    began_s = clock.monotonic_s()
    page = visit("bureau", 1366, 768)
    page.get_by_text("监管", exact=True).click()
    page.get_by_role("link", name="传输有效率").click()
    row = page.locator('[data-part="rates"] tr.owner', has_text=name)
    expect(row).to_be_visible()
    page.screenshot(path=pictures / "bureau-rates.png")
    row.get_by_role("button").last.click()
    page.locator('[data-action="finalise"]').click()
    page.locator('[data-action="finalise-now"]').click()
    expect(page.locator('[data-part="sealed"]')).to_contain_text("定稿")
    page.screenshot(path=pictures / "bureau-sealed.png")
    page.locator('[data-part="sealed"] a').click()
    page.locator('[data-action="make"]').first.click()
    form = page.locator('[data-form="report"]')
    form.locator('[name="enterprise"]').select_option(code)
    form.locator("button.main").click()
    made = page.locator('[data-part="made"]')
    expect(made).to_be_visible()
    with page.expect_download() as coming:
        made.get_by_role("link", name=".xlsx").click()
    page.get_by_role("button", name="关闭").last.click()
    page.locator("tr", has_text="XLSX").first.locator("[data-sign]").click()
    page.locator('[data-action="sign"]').click()
    expect(page.locator("tr", has_text="XLSX").first).to_contain_text("已签发")
    lasted_s = clock.monotonic_s() - began_s
    page.screenshot(path=pictures / "bureau-signed.png")
    assert lasted_s < LIMIT_S
    _, listed = product.ask(f"/reports?enterprise={code}&format=xlsx&signed=true", username="bureau")
    assert [one["file_name"] for one in listed["items"]] == [coming.value.suggested_filename]
    check_what_was_signed(product, code, name, month)


def check_what_was_signed(product: Product, code: str, name: str, month: str) -> None:
    """The month is finalised, its one signed workbook has the digest it is kept with and names the enterprise."""
    signed = product.rows(
        "select r.sha256, r.content, r.sealed_month_id is not null from report r join enterprise e on e.id = r.enterprise_id"
        " where e.code = %s and r.format = 'xlsx' and r.signed_at is not null",
        code,
    )
    assert len(signed) == 1
    digest, content, finalised = signed[0]
    assert finalised
    assert hashlib.sha256(content).digest() == bytes(digest)
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert any(
        name in str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row if cell.value
    )
    assert product.rows("select 1 from chain_entry where action like %s", "%sign%")
    status, sheet = product.ask(f"/months/{code}/{month}", username="bureau")
    assert status == 200
    assert sheet["state"] == "sealed"
