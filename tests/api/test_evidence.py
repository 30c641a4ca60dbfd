"""Everything behind one hour, and a pack that is verified without us."""

import io
import json
import subprocess
import sys
import time
import zipfile

import pytest

from records.corrections import chain
from tests.api import park
from tests.records.evidence import outlet

pytestmark = pytest.mark.integration
P = "/api/v1"
URL = f"{P}/evidence/{outlet.SO2}/2026-11-20T13:00:00+08:00"


@pytest.fixture(autouse=True)
def stack(park_conn):
    """A stack whose hour was corrected."""
    outlet.found(park_conn)


def unpacked(answer, folder):
    with zipfile.ZipFile(io.BytesIO(answer.content)) as file:
        file.extractall(folder)
    return folder


def checked(folder):
    """Run the printed command where nothing of ours can be imported."""
    done = subprocess.run(
        [sys.executable, "-I", "-B", str(folder / "verify.py")],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
    )
    return done.returncode, done.stdout


def test_an_hour_is_told_down_to_the_frame(as_role):
    begun = time.perf_counter()
    answer = as_role("operator").get(URL)
    assert time.perf_counter() - begun < 1.0
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["label"] == "2026-11-20 13:00-14:00 (UTC+0800)"
    assert (found["record"]["revision"], found["record"]["cause"]) == (2, "correction 1")
    (before,) = found["revisions"]
    assert (before["revision"], before["cause"]) == (1, "closed")
    assert before["mean"] > found["record"]["mean"]
    assert (len(found["minutes"]), len(found["readings"]), len(found["frames"])) == (60, 60, 60)
    assert [frame["values"]["Flag"] for frame in found["frames"]] == [
        one["flag"] for one in found["readings"]
    ]
    assert found["readings"][3] | {"received_at": 0} == {
        "time": "2026-11-20T13:03:00+08:00",
        "value": 61.0,
        "flag": "D",
        "mark": "-",
        "received_at": 0,
        "averaged": False,
    }
    assert {frame["crc"] for frame in found["frames"]} == {"ok"}
    assert all("PW=******" in frame["text"] and frame["masked"] for frame in found["frames"])
    assert {one["role"]: one["status"] for one in found["inputs"]} == {"oxygen": "valid", "flow": "valid"}
    assert any("(21 − 9)" in line for line in found["conversion"])
    assert [one["clause"] for one in found["limits"]] == ["表2"]  # in force then, not today's
    assert [one["avg"] for one in found["reported"]] == [60.9]
    assert [(one["id"], one["state"]) for one in found["corrections"]] == [
        (1, "confirmed"),
        (2, "waiting_second"),
    ]
    assert [one["action"] for one in found["entries"]] == ["propose", "confirm", "propose"]


def test_a_pack_is_verified_off_line_and_holds_the_earlier_revision(as_role, park_conn, tmp_path):
    begun = time.perf_counter()
    answer = as_role("admin").get(f"{URL}/pack")
    assert time.perf_counter() - begun < 10.0
    assert answer.status_code == 200, answer.text
    assert 'filename="evidence_k3_a21026_20261120T1300+0800.zip"' in answer.headers["content-disposition"]
    folder = unpacked(answer, tmp_path)
    assert checked(folder) == (0, "校验通过 OK\n")
    assert "python3 verify.py" in (folder / "README.txt").read_text(encoding="utf-8")
    records = (folder / "record.csv").read_text(encoding="utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in records[1:]] == ["1", "2"]
    assert (folder / "frames/0004.bin").read_bytes() == outlet.frame("20261120130300", "61", "D")
    for text in ("三号炉", "2026-11-20 13:00-14:00", "第 1 版", "GB 13271-2014"):
        assert text in (folder / "summary.txt").read_text(encoding="utf-8")
        assert text in (folder / "summary.html").read_text(encoding="utf-8")
    manifest = json.loads((folder / "manifest.json").read_bytes())
    assert manifest["chain"] == {"entries": 3, "last": chain.last_digest(park_conn).hex()}
    sealed = (folder / "manifest.sha256").read_text().split()[0]
    noted = park.one(park_conn, "select actor, detail from audit where action = 'evidence.pack'")
    assert (noted[0], noted[1]["manifest_sha256"]) == ("admin", sealed)


def test_every_file_that_is_touched_is_found(as_role, tmp_path):
    folder = unpacked(as_role("admin").get(f"{URL}/pack"), tmp_path)
    touched = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != "verify.py"]
    assert len(touched) > 70
    sealed = (folder / "manifest.json", folder / "manifest.sha256")
    for path in (*touched[:: max(1, len(touched) // 25)], *sealed):
        raw = path.read_bytes()
        path.write_bytes(raw[:-1] + bytes([raw[-1] ^ 1]))
        code, told = checked(folder)
        assert code == 1, path
        assert path.name in told
        path.write_bytes(raw)
    (folder / "more.txt").write_text("x")
    assert "more.txt does not belong to the pack" in checked(folder)[1]
    (folder / "more.txt").unlink()
    (folder / "limits.csv").unlink()
    assert "limits.csv is missing" in checked(folder)[1]


def test_passwords_are_for_administrators_alone_and_an_enterprise_takes_its_own(as_role, tmp_path):
    for role in ("enterprise", "viewer", "bureau"):
        folder = unpacked(as_role(role).get(f"{URL}/pack"), tmp_path / role)
        assert checked(folder) == (0, "校验通过 OK\n")
        whole = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
        assert b"PW=******" in whole
        assert b"123456;MN" not in whole
    enterprise = as_role("enterprise")
    shown = enterprise.get(URL).json()
    assert {frame["base64"] for frame in shown["frames"]} == {None}
    assert shown["entries"] != []
    for path in ("/evidence/2/2026-11-20T13:00:00+08:00", "/evidence/2/2026-11-20T13:00:00+08:00/pack"):
        assert enterprise.get(P + path).status_code == 404
    assert "123456" in as_role("admin").get(URL).json()["frames"][0]["text"]
    assert as_role("bureau").get(URL).json()["frames"][0]["base64"] is not None


def test_an_hour_that_could_mean_two_is_refused_and_an_empty_one_is_told(as_role, tmp_path):
    viewer = as_role("viewer")
    assert viewer.get(f"{P}/evidence/31/2026-11-20T13:30:00+08:00").status_code == 422
    assert viewer.get(f"{P}/evidence/31/2026-11-20T13:00:00").status_code == 422
    empty = viewer.get(f"{P}/evidence/31/2026-01-20T13:00:00Z")
    assert (empty.status_code, empty.json()["record"], empty.json()["readings"]) == (200, None, [])
    folder = unpacked(viewer.get(f"{P}/evidence/31/2026-01-20T13:00:00Z/pack"), tmp_path)
    assert checked(folder) == (0, "校验通过 OK\n")
