"""Files that prove something: what they may be, told by their first bytes and not by their name alone."""

import hashlib
import io
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath
from types import MappingProxyType

from fastapi import UploadFile

from api.problems import InputProblem, Problem

LIMIT_BYTES = 10_000_000
_ZIP = b"PK\x03\x04"
_OFFICE = "application/vnd.openxmlformats-officedocument"
# Of each ending the media type and how such a file begins.
_KINDS = MappingProxyType(
    {
        ".pdf": ("application/pdf", b"%PDF-"),
        ".jpg": ("image/jpeg", b"\xff\xd8\xff"),
        ".jpeg": ("image/jpeg", b"\xff\xd8\xff"),
        ".png": ("image/png", b"\x89PNG\r\n\x1a\n"),
        ".docx": (f"{_OFFICE}.wordprocessingml.document", _ZIP),
        ".xlsx": (f"{_OFFICE}.spreadsheetml.sheet", _ZIP),
    }
)


@dataclass(frozen=True, slots=True)
class Voucher:
    """A file that may be kept."""

    name: str
    media_type: str
    content: bytes

    @property
    def sha256(self) -> bytes:
        """Its digest."""
        return hashlib.sha256(self.content).digest()


def opened(file: UploadFile) -> Voucher:
    """Return an uploaded file.

    Raises:
        Problem: 413, it is larger than 10 MB; 415, it is none of the kinds; 422, it is empty or has no name.

    """
    name = PurePosixPath((file.filename or "").replace("\\", "/")).name.strip()
    if not name or len(name) > 200 or not name.isprintable():
        raise InputProblem("body.file", "文件名为空或不可用; 请改名后上传", "has no usable name; rename it")
    content = file.file.read(LIMIT_BYTES + 1)
    if len(content) > LIMIT_BYTES:
        raise Problem(413, "文件超过 10 MB; 请压缩后上传", "the file is larger than 10 MB; make it smaller")
    if not content:
        raise InputProblem("body.file", "文件为空", "is empty")
    media_type, beginning = _KINDS.get(PurePosixPath(name).suffix.lower(), ("", b""))
    if not media_type or not content.startswith(beginning) or (beginning == _ZIP and not _is_office(content)):
        raise Problem(
            415,
            f"{name} 不是可接受的文件; 请上传 pdf, jpg, png, docx 或 xlsx",
            f"{name} is no file of a kind that is taken; upload pdf, jpg, png, docx or xlsx",
        )
    return Voucher(name, media_type, content)


def _is_office(content: bytes) -> bool:
    """Return whether a ZIP archive is a document of Office: each of them lists the types of its parts."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "[Content_Types].xml" in archive.namelist()
    except zipfile.BadZipFile:
        return False
