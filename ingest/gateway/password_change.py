"""Which of two passwords a logger has while one is changed, and until when both count. Pure: time is an argument.

A logger that has taken a new password and whose word about it was lost would be refused for ever; one whose word was not
true would be, too. So both count for a while, and what it speaks under decides, once: it is followed to the new one, and
back to the one before only where it has confirmed the new one and never used it. Each time limit counts from the offer,
the confirmation or the first use, and nothing that anybody says puts it off: a password that was revoked lapses.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

LAPSES = timedelta(minutes=5)  # the password before, after the new one is confirmed or used
_FORGOTTEN = timedelta(hours=24)  # an offered password that nothing was said under
_UNDER_WAY = timedelta(seconds=30)  # what comes so soon after the confirmation was said before it

Step = Literal["follow", "used", "return", "forget"]


class Change(NamedTuple):
    """The passwords of a logger as its row has them; ``asking`` while the request that sets one is open."""

    mn: str
    password: str | None
    other: str
    state: Literal["offered", "confirmed", "used"]
    since: datetime
    asking: bool

    @property
    def pair(self) -> frozenset[str]:
        """What the logger may speak under."""
        return frozenset({self.other} if self.password is None else {self.password, self.other})


def step(change: Change, spoken: Mapping[str, datetime], now: datetime) -> Step | None:
    """Return what becomes of a change; ``spoken`` is when the logger last spoke under each password.

    ``follow``: the other one is its password from now on, and the one before may be said for a while; ``used``: it has its
    password indeed; ``return``: it has kept the other one; ``forget``: the other one counts no more.
    """
    age = now - change.since
    by_mine = spoken.get(change.password or "", datetime.min.replace(tzinfo=now.tzinfo)) - change.since
    by_other = spoken.get(change.other, datetime.min.replace(tzinfo=now.tzinfo)) - change.since
    if change.state == "offered":
        if by_other >= timedelta():
            return "follow"
        kept = by_mine >= LAPSES and not change.asking
        return "forget" if kept or age >= _FORGOTTEN else None
    if change.state == "confirmed" and by_mine >= timedelta():
        return "used"
    if age < LAPSES:
        return None
    return "return" if change.state == "confirmed" and by_other >= _UNDER_WAY else "forget"
