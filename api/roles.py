"""Who may do what: one table of permissions by role; what each may do to an alert is in ``alerts.rights``."""

from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Literal

from alerts import rights

Role = Literal["admin", "leader", "operator", "patrol", "bureau", "enterprise", "viewer"]
Permission = Literal[
    "read",  # places, readings, alerts, live stream; an enterprise its own only
    "overview",  # the modules and the overview; an enterprise its own part only
    "release",  # let a quarantined message in
    "admit",  # let in data loggers and the codes they send
    "command",  # ask something of a data logger, or sign as the second person; read the bytes of its frames
    "drill",  # declare and end a drill
    "maintain",  # file and cancel a maintenance window
    "mark",  # mark data and prove it; propose a correction
    "officiate",  # decide marks and corrections, finalise months, declare sand, keep permits, make reports
    "administer",  # accounts and keys; read passwords within frames
]

_DUTY: frozenset[Permission] = frozenset(
    {"read", "overview", "release", "drill", "maintain", "admit", "command", "mark"}
)
MAY: MappingProxyType[str, frozenset[Permission]] = MappingProxyType(
    {
        "admin": _DUTY | {"administer", "officiate"},
        "leader": _DUTY | {"officiate"},
        "operator": _DUTY,
        "patrol": frozenset({"read", "overview"}),
        "bureau": frozenset({"read", "overview", "command", "mark", "officiate"}),
        "enterprise": frozenset({"read", "overview", "maintain", "mark"}),
        "viewer": frozenset({"read", "overview"}),
    }
)
ROLES = tuple(MAY)


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks: a person by token or cookie, or a machine by key."""

    actor: str  # user name, or key:name
    name: str
    name_en: str
    role: str
    enterprise_id: int | None
    credential: Literal["bearer", "session", "key"]
    token_version: int
    expires_at: datetime | None
    csrf: str

    def may(self, permission: Permission) -> bool:
        """Return whether the table allows it."""
        return permission in MAY[self.role]

    @property
    def permissions(self) -> list[str]:
        """Everything this role may do, the commands on alerts among them."""
        commands = [command for command, roles in rights.COMMANDS.items() if self.role in roles]
        return sorted([*MAY[self.role], *commands])

    @property
    def owner(self) -> int | None:
        """The enterprise this reader is confined to; None: the whole park; 0: nothing."""
        return (self.enterprise_id or 0) if self.role == "enterprise" else None
