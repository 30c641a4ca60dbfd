"""Closes the month before last in the demo: most enterprises are finalised, one report is signed."""

from records.corrections import sealing, sheet
from records.corrections.proposal import ClashError
from records.demo.filing import BUREAU, Desk, Q
from records.reports.contents import Subject
from records.reports.keeping import make
from records.reports.periods import span
from records.reports.signing import sign

_OPEN = 2  # enterprises whose month stays open


def months(desk: Desk) -> str:
    """Finalise the month before last for all but two enterprises; sign the report of the first."""
    first = desk.month_before(2).date()
    done = []
    for number, code in desk.conn.execute(Q.enterprises).fetchall()[:-_OPEN]:
        month = sheet.month_of(desk.conn, code, first)
        if month is None:
            continue
        try:
            with desk.conn.transaction():
                sealed = sealing.seal(desk.conn, month, actor=BUREAU, now=desk.now)
                desk.note(BUREAU, "month.finalise", f"month/{sealed}", enterprise=code, month=month.label)
        except ClashError:
            continue  # something waits there: it stays open, as it would
        done.append(number)
    if done:
        _signed(desk, done[0])
    return f"{len(done)} months finalised"


def _signed(desk: Desk, enterprise_id: int) -> None:
    period = span("monthly", desk.month_before(2).date(), desk.zone.key)
    made = make(
        desk.conn,
        Subject(desk.park_id, enterprise_id),
        period,
        ("xlsx", "docx"),
        now=desk.now,
        by=BUREAU,
        pass_rate=desk.pass_rate,
    )
    number = made.files[0]
    if said := sign(desk.conn, number, actor=BUREAU, now=desk.now):
        desk.note(BUREAU, "report.sign", f"report/{number}", **said)
