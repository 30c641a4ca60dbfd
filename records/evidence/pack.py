"""Packs an hour and everything behind it into one file that is checked without us; pure."""

import csv
import hashlib
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from importlib.resources import files
from typing import Any

import orjson

from records.corrections.links import FIRST, Entry, instant
from records.evidence import summary

_RECORD = (
    "revision,status,judgeable,mean,min,max,expected,received,samples,flag,converted,reference_o2,amount,mass,method,edition,cause,"
    "made_at,replaced_at"
)
_MINUTE = "sensor_id,time,n,n_valid,mean,min,max,last,flags"
_COLUMNS: Mapping[str, str] = {
    "record": _RECORD,
    "minutes": _MINUTE,
    "readings": "time,value,flag,mark,averaged,received_at",
    "conflicts": "time,value,flag,other_value,other_flag,source,received_at",
    "inputs": f"role,{_MINUTE}",
    "frames": "file,received_at,mn,st,cn,qn,data_time,resent,source,peer,size,sha256,crc_said,crc_computed,crc,masked,values",
    "limits": "code,basis,stage,form,value,unit,reference_o2,kind,standard,clause,since,until,source",
    "reported": "revision,avg,min,max,cou,flag,eflag,sample_time,mn,resent,received_at",
    "marks": "id,sensor_id,kind,code,from,to,reason,state,filed_by,filed_at,voucher_due,decided_by,decided_at,note",
    "corrections": "id,sensor_id,kind,from,to,factor,shift,value,reason,state,made_by,made_at,decided_by,decided_at,note",
    "files": "id,object,name,media_type,sha256,bytes,uploaded_by,uploaded_at",
    "alerts": "id,rule,rule_version,class,level,stage,state,origin,value,limit_value,unit,clause,raised_at,cleared_at,text_zh,text_en",
    "chain_digests": "id,previous,digest",
}
_LISTS = ("minutes", "readings", "frames", "input_minutes")
_FORMULA = ("=", "+", "-", "@", "\t")  # what a spreadsheet would take for one


def pack(
    evidence: Mapping[str, Any],
    entries: Sequence[Entry],
    digests: Sequence[tuple[int, str, str]],
    *,
    made_by: str,
    now: datetime,
) -> tuple[bytes, str]:
    """Return a zip file and the SHA-256 of its manifest.

    Args:
        evidence: as ``records.evidence.hour.gather`` returns it.
        entries: what the chain says about the marks, corrections and months of the hour.
        digests: number, digest before and digest of every entry of the chain.
        made_by: for whom.
        now: when.

    """
    content = _files(evidence, entries, digests)
    sensor = evidence["sensor"]
    last = digests[-1][2] if digests else FIRST.hex()
    manifest = {
        "format": "smartpark evidence 1",
        "made_at": instant(now),
        "made_by": made_by,
        "sensor": sensor["id"],
        "station": sensor["station"],
        "quantity": sensor["quantity"],
        "hour": evidence["label"],
        "chain": {"entries": len(digests), "last": last},
        "files": {name: hashlib.sha256(raw).hexdigest() for name, raw in sorted(content.items())},
    }
    sealed = orjson.dumps(manifest, option=orjson.OPT_INDENT_2)
    digest = hashlib.sha256(sealed).hexdigest()
    content |= {"manifest.json": sealed, "manifest.sha256": f"{digest}  manifest.json\n".encode()}
    stamp = now.timetuple()[:6]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, raw in content.items():
            file.writestr(zipfile.ZipInfo(name, stamp), raw, zipfile.ZIP_DEFLATED)
    return out.getvalue(), digest


def _files(
    evidence: Mapping[str, Any], entries: Sequence[Entry], digests: Sequence[tuple[int, str, str]]
) -> dict[str, bytes]:
    frames = [
        {**frame, "file": f"frames/{number:04}.bin", "values": orjson.dumps(frame["values"]).decode()}
        for number, frame in enumerate(evidence["frames"], 1)
    ]
    current = [] if evidence["record"] is None else [evidence["record"]]
    tables: dict[str, Iterable[Mapping[str, Any]]] = {
        **{name: evidence[name] for name in _COLUMNS if name in evidence},
        "record": [*evidence["revisions"], *current],
        "inputs": evidence["input_minutes"],
        "frames": frames,
        "chain_digests": [dict(zip(("id", "previous", "digest"), row, strict=True)) for row in digests],
    }
    content = {
        "README.txt": summary.readme(evidence).encode(),
        "summary.txt": summary.text(evidence, entries).encode(),
        "summary.html": summary.html(evidence, entries).encode(),
        **_program(),
        "hour.json": orjson.dumps(
            {name: value for name, value in evidence.items() if name not in _LISTS},
            option=orjson.OPT_INDENT_2,
        ),
        "chain.json": orjson.dumps([_entry(entry) for entry in entries], option=orjson.OPT_INDENT_2),
    }
    content |= {f"{name}.csv": _csv(_COLUMNS[name].split(","), rows) for name, rows in tables.items()}
    return content | {frame["file"]: frame["bytes"] for frame in frames}


def _program() -> dict[str, bytes]:
    here = files("records.evidence")
    parts = [one for one in here.joinpath("verifying").iterdir() if one.name.endswith(".py")]
    found = {f"verifying/{one.name}": one.read_bytes() for one in sorted(parts, key=lambda one: one.name)}
    return {"verify.py": here.joinpath("verify.py").read_bytes(), **found}


def _entry(entry: Entry) -> dict[str, Any]:
    said = {"id": entry.id, "at": instant(entry.at), "actor": entry.actor, "action": entry.action}
    bound = {"previous": bytes(entry.previous).hex(), "digest": bytes(entry.digest).hex()}
    return {**said, "object": entry.object, "content": entry.content, **bound}


def _csv(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([_cell(row.get(column)) for column in columns] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value
