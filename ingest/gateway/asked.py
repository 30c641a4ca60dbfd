"""A request to a logger as its row in ``logger_command`` has it."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ingest.gateway.request import Address

SET_PASSWORD = "1072"  # noqa: S105 - the number of a command


class Asked(NamedTuple):
    """A row of ``logger_command`` with what is known of its logger."""

    id: int
    mn: str
    cn: str
    parameters: Mapping[str, str]
    cause: str
    state: str
    asked_at: datetime
    qn: str | None
    tries: int
    sent_at: datetime | None
    answered_at: datetime | None
    qn_rtn: int | None
    frames: int
    edition: int | None
    system: str | None
    password: str | None
    encryption_key: str | None
    admitted: bool
    kind: str | None
    timezone: str | None
    other_password: str | None  # it may use this one too
    lapsing: bool | None  # ... which is the one before, and lapses

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the logger's park; of a logger without a station UTC."""
        return ZoneInfo(self.timezone or "UTC")

    @property
    def new_password(self) -> str | None:
        """The password that it is told to use from now on."""
        return self.parameters.get("NewPW") or None if self.cn == SET_PASSWORD else None

    @property
    def address(self) -> Address:
        """How the logger is spoken to."""
        return Address(
            self.mn, self.edition, self.system, self.password, self.encryption_key, self.kind or "", self.zone
        )
