"""A gateway: the connection of one enterprise, with a bounded outbox that outlasts a broker's absence."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from smartpark.mqtt import Publisher

OUTBOX = 50_000  # messages; a real logger keeps days, so this is never the first thing to fail


@dataclass(frozen=True, slots=True)
class Post:
    """A message ready to go."""

    topic: str
    payload: bytes
    retain: bool = False


class Gateway:
    """Keeps what it cannot send, in order, and sends it when it can."""

    def __init__(self, name: str, connect: Callable[[], Publisher]) -> None:
        self.name = name
        self._connect = connect
        self._publisher: Publisher | None = None
        self._outbox: deque[Post] = deque()
        self._flying: deque[Post] = deque()  # handed over, not confirmed
        self._confirmed_before = 0

    @property
    def waiting(self) -> int:
        """Messages in the outbox."""
        return len(self._outbox)

    @property
    def unconfirmed(self) -> int:
        """Messages that the broker has not confirmed yet, those in the outbox included."""
        return len(self._outbox) + (self._publisher.unconfirmed if self._publisher else 0)

    @property
    def confirmed(self) -> int:
        """Messages that the broker has confirmed, since the start."""
        return self._confirmed_before + (self._publisher.confirmed if self._publisher else 0)

    def open(self) -> None:
        """Connect, in the background."""
        if self._publisher is None:
            self._publisher = self._connect()
            self._publisher.start()

    def send(self, post: Post) -> bool:
        """Take a message; return false when the outbox is full, then it is not taken."""
        if len(self._outbox) >= OUTBOX:
            return False
        self._outbox.append(post)
        self.pump()
        return True

    def pump(self) -> None:
        """Hand over what the connection takes, and forget what the broker has confirmed."""
        publisher = self._publisher
        if publisher is None:
            return
        while self._outbox:
            post = self._outbox[0]
            if not publisher.publish(post.topic, post.payload, retain=post.retain, timeout_s=0):
                break
            self._flying.append(self._outbox.popleft())
        self._settle(publisher)

    def close(self, timeout_s: float) -> bool:
        """Send and confirm what there is within a time [s], then leave; return whether all was confirmed.

        What was not confirmed goes back into the outbox: the next connection sends it again.
        """
        publisher = self._publisher
        if publisher is None:
            return not self._outbox
        self.pump()
        publisher.flush(timeout_s)
        publisher.stop()
        self._settle(publisher)
        self._confirmed_before += publisher.confirmed
        self._outbox.extendleft(reversed(self._flying))
        self._flying.clear()
        self._publisher = None
        return not self._outbox

    def _settle(self, publisher: Publisher) -> None:
        while len(self._flying) > publisher.unconfirmed:
            self._flying.popleft()
