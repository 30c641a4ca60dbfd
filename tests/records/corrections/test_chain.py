"""The chain in the database, and the tables that are held against it."""

import threading
from datetime import UTC, datetime

import pytest

from records.corrections import chain
from smartpark import db
from tests.api import park

pytestmark = pytest.mark.integration
NOW = datetime(2026, 11, 23, tzinfo=UTC)
CORRECTION = """
insert into correction (sensor_id, kind, starts_at, ends_at, factor, reason, before, after, state, made_by, made_at)
values (1, 'scale', '2026-11-22Z', '2026-11-22 01:00Z', 2, 'span was wrong', '[{"mean": 1.0}]', '[]', 'waiting_second', 'mei',
        '2026-11-23Z') returning id
"""
MARK = """
insert into data_mark (station_id, kind, code, starts_at, ends_at, reason, filed_by, filed_at, voucher_due, state)
values (1, 'device', 'x', '2026-11-22Z', '2026-11-22 01:00Z', 'service', 'li', '2026-11-23Z', '2026-12-03Z', 'filed')
returning id
"""
FILE = """
insert into attachment (object, enterprise_id, name, media_type, content, sha256, uploaded_by, uploaded_at)
values (%s, 1, 'proof.pdf', 'application/pdf', 'paper', sha256('paper'), 'li', '2026-11-23Z')
"""


@pytest.fixture
def conn(conn):
    """A small park with a correction, a mark with its voucher, and their entries."""
    park.found(conn)
    for text, kind, action in ((CORRECTION, "correction", "propose"), (MARK, "mark", "file")):
        (number,) = conn.execute(text.encode()).fetchone()
        if kind == "mark":
            conn.execute(FILE.encode(), [f"mark {number}"])
        chain.append(
            conn, at=NOW, actor="mei", action=action, object=f"{kind} {number}", content={"why": "测试"}
        )
    conn.commit()
    return conn


def test_a_chain_that_nobody_touched_holds_and_says_so(conn):
    code, lines = chain.verify_command(conn)
    digest = chain.last_digest(conn).hex()
    assert (code, lines) == (0, [f"chain of 2 entries holds, last digest {digest}"])
    assert chain.verify_command(conn, digest)[0] == 0


def test_an_empty_chain_holds(conn):
    for table in ("chain_entry", "correction", "data_mark", "attachment"):
        conn.execute(f"delete from {table}".encode())
    assert chain.verify_command(conn) == (0, ["chain of 0 entries holds, last digest " + "0" * 64])


@pytest.mark.parametrize(
    ("tampering", "told"),
    [
        (
            "update chain_entry set actor = 'li' where id = 1",
            "chain entry 1 (propose correction 1) was changed",
        ),
        ("update chain_entry set content = '{}' where id = 2", "chain entry 2 (file mark 1) was changed"),
        ("delete from chain_entry where id = 1", "chain entry 2 stands where entry 1 belongs"),
        ("delete from chain_entry where id = 2", "mark 1 stands in no entry of the chain"),
        ("update correction set factor = 3", "correction 1 was changed behind the chain: factor differ"),
        ("update correction set before = '[2.0]'", "behind the chain: before differ"),
        ("update data_mark set ends_at = '2026-11-22 02:00Z', state = 'confirmed'", "ends_at, state differ"),
        ("delete from data_mark", "mark 1 is missing, though entry 2 speaks of it"),
        ("update attachment set content = 'other'", "the files of mark 1 are not those of entry 2"),
        (
            "update attachment set content = 'other', sha256 = sha256('other')",
            "the files of mark 1 are not those of entry 2",
        ),
        ("delete from attachment", "the files of mark 1 are not those of entry 2"),
        (FILE % "'correction 1'", "the files of correction 1 are not those of entry 1"),
    ],
)
def test_what_is_changed_behind_the_chain_is_found(conn, tampering, told):
    conn.execute(tampering.encode())
    code, lines = chain.verify_command(conn)
    assert code == 1
    assert any(told in line for line in lines), lines
    assert lines[-1].startswith("chain of ")
    assert "does NOT hold" in lines[-1]


def test_a_chain_that_lost_its_end_is_found_by_a_digest_that_was_printed(conn):
    printed = chain.last_digest(conn).hex()
    conn.execute(b"delete from chain_entry where id = 2")
    conn.execute(b"delete from data_mark")
    conn.execute(b"delete from attachment")
    assert chain.verify_command(conn)[0] == 0
    code, lines = chain.verify_command(conn, printed)
    assert code == 1
    assert lines[0] == f"no entry has the digest {printed}: the chain was cut off or written anew"
    assert chain.verify_command(conn, "xyz")[0] == 2


def test_a_row_that_changes_with_an_entry_of_its_own_holds(conn):
    conn.execute(b"update data_mark set state = 'confirmed', decided_by = 'wang', decided_at = '2026-11-24Z'")
    chain.append(conn, at=NOW, actor="wang", action="confirm", object="mark 1", content={})
    assert chain.verify(conn).holds


def test_writers_in_one_another_s_way_leave_no_gap(conn, db_dsn):
    def write(number):
        with db.connect(db_dsn, name="tests") as own:
            for each in range(10):
                chain.append(
                    own, at=NOW, actor=f"w{number}", action="note", object="park 1", content={"n": each}
                )
                own.rollback() if each % 3 == 0 else own.commit()

    writers = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    verdict = chain.verify(conn)
    assert verdict.holds
    assert verdict.entries == 2 + 4 * 6


def test_a_copy_that_is_read_back_in_another_time_zone_holds(conn):
    before = chain.last_digest(conn)
    columns = "id, at, actor, action, object, content, previous, digest"
    with conn.cursor().copy(f"copy (select {columns} from chain_entry) to stdout".encode()) as out:
        text = b"".join(bytes(block) for block in out)
    conn.execute(b"delete from chain_entry")
    conn.execute(b"set local timezone to 'Asia/Shanghai'")
    with conn.cursor().copy(f"copy chain_entry ({columns}) from stdin".encode()) as back:
        back.write(text)
    verdict = chain.verify(conn)
    assert verdict.holds
    assert verdict.last == before


def test_keys_of_the_chain_s_own_are_refused(conn):
    with pytest.raises(ValueError, match="row and files"):
        chain.append(conn, at=NOW, actor="x", action="x", object="mark 1", content={"row": 1})
