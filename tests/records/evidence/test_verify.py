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
    found = hours.gather(conn, sensor_id, outlet.HOUR, zone="Asia/Shanghai", exact=True)
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
    ],
)
def test_what_a_forger_changes_together_with_its_hash_is_found(folder, capsys, name, change, told):
    mended(folder, name, change)
    assert verify.main(folder) == 1
    assert told in capsys.readouterr().out


def test_the_check_of_a_frame_is_the_one_of_the_standard():
    for segment in (b"", b"123456789", bytes(range(256)) * 5):
        assert verify.crc(segment) == checksum(segment)


def test_a_folder_that_is_no_pack_is_told_in_a_sentence(tmp_path, capsys):
    assert verify.main(tmp_path) == 1
    assert "the pack cannot be read" in capsys.readouterr().out
