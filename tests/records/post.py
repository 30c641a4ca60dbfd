"""A sender under test, turned by hand at any instant against the simulated platform above."""

from datetime import datetime
from zoneinfo import ZoneInfo

from records.upward.courier import TroubleError
from records.upward.due import Due
from records.upward.message import Terms
from records.upward.sender import Sender
from simulators.upper import Upper
from smartpark import db


class Post:
    """What is due is noted and sent; ``now`` is whatever the test says, and so is the time that waits."""

    def __init__(
        self,
        conn: db.Connection,
        receiver_id: int,
        upper: Upper,
        *,
        edition: int = 2017,
        key: bytes | None = None,
    ):
        terms = Terms(edition, "123456", key, ZoneInfo("Asia/Shanghai"))
        self.conn = conn
        self.due = Due()
        self.sender = Sender(receiver_id, lambda: f"127.0.0.1:{upper.port}", terms)
        self.trouble = ""
        self._open = False

    def turn(self, now: datetime, at_s: float | None = None) -> int:
        """Turn the sender once; trouble closes it, the next turn opens it. Return what was confirmed."""
        at_s = now.timestamp() if at_s is None else at_s
        try:
            if not self._open:
                self.sender.open(self.conn, now)
                self._open = True
            return self.sender.turn(self.conn, now, at_s)
        except TroubleError as error:
            self.conn.rollback()
            self.trouble = str(error)
            self.close()
            return 0

    def work(self, now: datetime) -> None:
        """Note what is due and send it, until the platform is silent."""
        self.due.turn(self.conn, now)
        self.trouble = ""
        while not self.trouble:
            self.turn(now)
            if not self.sender.under_way:
                break
            self.sender.rest(2)

    def close(self) -> None:
        """End the connection."""
        self.sender.close()
        self._open = False
