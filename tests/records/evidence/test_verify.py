"""The program in the pack finds what is wrong, even where somebody has mended the hashes."""

import csv
import hashlib
import io
import json
import zipfile
from datetime import timedelta

import pytest

from records.corrections import chain
from records.evidence import hour as hours
from records.evidence import pack, verify
from records.evidence.verifying.frames import crc
from smartpark.hj212.checksum import checksum
from tests.api import park
from tests.records.evidence import outlet

pytestmark = pytest.mark.integration


@pytest.fixture
def folder(conn, tmp_path):
    """A pack of the corrected hour."""
    park.found(conn)
    outlet.found(conn)
    return packed(conn, outlet.SO2, tmp_path)


def packed(conn, sensor_id, folder):
    found = hours.gather(
        conn, sensor_id, outlet.HOUR, zone="Asia/Shanghai", exact=True, oxygen_not_running=19.0
    )
    entries = chain.entries_of(conn, found["objects"])
    content, _ = pack.pack(
        found, entries, hours.digests(conn), made_by="x", now=outlet.NEXT + timedelta(days=1)
    )
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        file.extractall(folder)
    return folder


def mended(folder, name, change):
    """Change a file and every hash that speaks of it, as a forger would."""
    path = folder / name
    path.write_bytes(change(path.read_bytes()))
    manifest = json.loads((folder / "manifest.json").read_bytes())
    manifest["files"][name] = hashlib.sha256(path.read_bytes()).hexdigest()
    raw = json.dumps(manifest).encode()
    (folder / "manifest.json").write_bytes(raw)
    (folder / "manifest.sha256").write_text(hashlib.sha256(raw).hexdigest() + "  manifest.json\n")


def changed(row, column, value):
    """Return what writes one cell of a CSV file anew."""

    def change(raw):
        rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))
        rows[row][rows[0].index(column)] = value
        out = io.StringIO(newline="")
        csv.writer(out).writerows(rows)
        return b"\xef\xbb\xbf" + out.getvalue().encode()

    return change


@pytest.mark.parametrize("sensor_id", [outlet.SO2, outlet.O2, outlet.FLOW])
def test_the_hour_of_every_sensor_comes_out_of_its_minutes(folder, conn, sensor_id, tmp_path, capsys):
    assert verify.main(packed(conn, sensor_id, tmp_path / "more")) == 0
    assert capsys.readouterr().out == "校验通过 OK\n"


@pytest.mark.parametrize(
    ("name", "change", "told"),
    [
        ("minutes.csv", changed(1, "mean", "20.0"), "mean 20.0, its readings have 58.0"),
        ("minutes.csv", changed(4, "flags", "N"), "n, n_valid or flags differ"),
        ("readings.csv", changed(1, "value", "20.0"), "its readings have 20.0"),
        ("readings.csv", changed(4, "averaged", "1"), "n, n_valid or flags differ"),
        ("corrections.csv", changed(1, "factor", "0.6"), "record: mean"),
        ("corrections.csv", changed(1, "state", "refused"), "record: mean"),
        ("inputs.csv", changed(1, "mean", "9.0"), "record: "),
        (
            "hour.json",
            lambda raw: raw.replace(b'"correction 1"', b'"closed"').replace(
                b'"samples": 59', b'"samples": 60'
            ),
            "samples 60",
        ),
        ("frames/0002.bin", lambda raw: raw.replace(b"Rtd=59", b"Rtd=29"), "frames/0002.bin"),
        ("frames.csv", changed(2, "crc_computed", "0000"), "the index says otherwise"),
        (
            "chain.json",
            lambda raw: raw.replace(b"bureau", b"leader"),
            "chain entry 2 (confirm correction 1) does not hold",
        ),
        ("chain_digests.csv", changed(1, "digest", "0" * 64), "chain entry 2 is not bound"),
        (
            "corrections.csv",
            lambda raw: b"".join(raw.splitlines(keepends=True)[:-1]),
            "correction 2 is missing, though chain entry 3",
        ),
        ("record.csv", changed(1, "revision", "2"), "revision 2 stands where revision 1 belongs"),
        ("record.csv", changed(2, "mean", "20.0"), "record.csv: mean 20.0, hour.json says"),
    ],
)
def test_what_a_forger_changes_together_with_its_hash_is_found(folder, capsys, name, change, told):
    mended(folder, name, change)
    assert verify.main(folder) == 1
    assert told in capsys.readouterr().out


def test_the_check_of_a_frame_is_the_one_of_the_standard():
    for segment in (b"", b"123456789", bytes(range(256)) * 5):
        assert crc(segment) == checksum(segment)


def test_a_folder_that_is_no_pack_is_told_in_a_sentence(tmp_path, capsys):
    assert verify.main(tmp_path) == 1
    assert "the pack cannot be read" in capsys.readouterr().out


def told(conn, folder, capsys):
    code = verify.main(packed(conn, outlet.SO2, folder))
    return code, capsys.readouterr().out


LOWER = (
    "update reading set value = value / 2 where sensor_id = 31",
    "update minute set total = total / 2, min = min / 2, max = max / 2, last = last / 2 where sensor_id = 31",
)
HOUR = "where sensor_id = 31 and period = 'hour'"


@pytest.mark.parametrize(
    ("tampering", "words"),
    [
        (LOWER, "frames/0001.bin says 58 flag N"),
        (("update reading set flag = 'D' where sensor_id = 31 and extract(minute from time) = 5",), "frames/0006.bin"),
        (("delete from reading where sensor_id = 31 and extract(minute from time) = 5",), "there is no such reading"),
        ((f"update record set status = 'short', mean = null, converted = null, mass = null {HOUR}",), "status short"),
        ((f"update record set mean = null {HOUR}",), "record: mean None"),
        ((f"update record set converted = null {HOUR}",), "record: converted None"),
        ((f"update record set mass = null {HOUR}",), "record: mass None"),
        ((f"update record set min = 1 {HOUR}",), "record: min 1.0"),
        ((f"update record set max = 999 {HOUR}",), "record: max 999.0"),
        ((f"update record set flag = 'M' {HOUR}",), "record: flag M"),
        ((f"update record set judgeable = false {HOUR}",), "record: judgeable False"),
        ((f"delete from record_revision {HOUR}",), "revision 2 stands where revision 1 belongs"),
        ((f"update record_revision set replaced_at = replaced_at - interval '1 minute' {HOUR}",), "revision 1 was replaced"),
        (("update correction set factor = 0.4 where id = 1",), "factor of correction 1 is 0.4, chain entry 2"),
        (("update correction set state = 'refused' where id = 1",), "state of correction 1"),
    ],
)  # fmt: skip
def test_what_is_changed_in_the_database_is_found_in_the_pack(
    folder, conn, tmp_path, capsys, tampering, words
):
    for change in tampering:
        conn.execute(change.encode())
    code, out = told(conn, tmp_path / "more", capsys)
    assert code == 1
    assert words in out


def test_a_mark_makes_an_hour_marked_and_only_the_one_that_the_chain_knows(folder, conn, tmp_path, capsys):
    conn.execute(
        "insert into data_mark (station_id, sensor_id, kind, code, effect, starts_at, ends_at, reason, filed_by, filed_at,"
        " voucher_due, state) values (30, 31, 'device', 'fault', 'invalid', %s, %s, 'broken', 'li', %s, %s, 'filed')",
        [outlet.HOUR, outlet.NEXT, outlet.NEXT, outlet.NEXT + timedelta(days=20)],
    )
    code, out = told(conn, tmp_path / "unknown", capsys)
    assert code == 1
    assert "mark 1 stands in no entry of the chain" in out
    chain.append(conn, at=outlet.NEXT, actor="li", action="mark.file", object="mark 1", content={})
    outlet.make(conn, "mark 1", outlet.NEXT + timedelta(hours=5))
    assert told(conn, tmp_path / "known", capsys) == (0, "校验通过 OK\n")
    conn.execute("update data_mark set sensor_id = null, reason = 'other'")
    code, out = told(conn, tmp_path / "changed", capsys)
    assert code == 1
    assert "reason of mark 1 is other, chain entry" in out


def test_an_hour_whose_minutes_are_gone_is_noted_and_not_called_wrong(folder, conn, tmp_path, capsys):
    conn.execute("delete from reading")
    conn.execute("delete from minute")
    code, out = told(conn, tmp_path / "more", capsys)
    assert code == 0
    assert "说明 NOTE  the minutes of this hour are no longer kept" in out


def test_values_in_another_unit_are_held_against_the_frames_in_that_unit(folder, conn, tmp_path, capsys):
    conn.execute("update sensor set factor = 2 where id = 31")
    assert "frames/0001.bin says 116 flag N" in told(conn, tmp_path / "double", capsys)[1]
    conn.execute(
        "insert into sensor_unit (sensor_id, valid_from, unit, factor, shift, changed_by)"
        " values (31, '1970-01-01Z', 'mg/m³', 1, 0, 'x'), (31, %s, 'mg/m³', 2, 0, 'x')",
        [outlet.NEXT],
    )
    assert told(conn, tmp_path / "dated", capsys) == (0, "校验通过 OK\n")
