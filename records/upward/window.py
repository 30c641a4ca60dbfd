"""What was sent and not answered yet: bounded, repeated after a while, given up after some tries; pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from records.upward.periods import Going, Key

FRAMES = 16  # at most so many wait for an answer
ANSWER_S = 10.0  # HJ 212-2017 table 1, mobile bearers
TRIES = 3
PUT_OFF_S = 600.0  # how long an item rests that is not answered while others are


@dataclass(slots=True)
class Flight:
    """An item under way: its frames that are not answered, by QN."""

    going: Going
    frames: dict[str, bytes]
    first_s: float
    sent_s: float
    tries: int = 1


@dataclass(slots=True)
class Window:
    """The flights of one connection; times are steady seconds [s]."""

    flights: dict[Key, Flight] = field(default_factory=dict)
    put_off: dict[Key, float] = field(default_factory=dict)  # until when
    answered_s: float = float("-inf")
    _of: dict[str, Flight] = field(default_factory=dict)

    @property
    def room(self) -> int:
        """How many more frames may go."""
        return max(0, FRAMES - len(self._of))

    def fits(self, frames: Mapping[str, bytes]) -> bool:
        """Tell whether the frames of an item may go: their QN are free; very many go alone."""
        return frames.keys().isdisjoint(self._of) and (len(frames) <= self.room or not self._of)

    def taken(self, at_s: float) -> set[Key]:
        """Return what is under way or rests."""
        self.put_off = {key: until_s for key, until_s in self.put_off.items() if until_s > at_s}
        return {*self.flights, *self.put_off}

    def launch(self, going: Going, frames: Mapping[str, bytes], at_s: float) -> None:
        """Note that an item goes."""
        flight = Flight(going, dict(frames), at_s, at_s)
        self.flights[going.item.key] = flight
        self._of |= dict.fromkeys(frames, flight)

    def answered(self, qn: str, at_s: float) -> Going | None:
        """Take an answer; return the item whose last frame it confirms."""
        flight = self._of.pop(qn, None)
        if flight is None:
            return None
        self.answered_s = at_s
        del flight.frames[qn]
        if flight.frames:
            return None
        del self.flights[flight.going.item.key]
        return flight.going

    def overdue(self, at_s: float) -> list[Flight]:
        """Return the flights whose answer is overdue and that are to be repeated now.

        One that was sent often enough rests for a while where the receiver answers others.

        Raises:
            SilenceError: the receiver answers nothing at all.

        """
        late = [flight for flight in self.flights.values() if at_s - flight.sent_s >= ANSWER_S]
        again = [flight for flight in late if flight.tries < TRIES]
        spent = [flight for flight in late if flight.tries >= TRIES]
        if any(self.answered_s < flight.first_s for flight in spent):
            raise SilenceError(f"no answer within {ANSWER_S:.0f} s, {TRIES} times")
        self._rest(spent, at_s + PUT_OFF_S)
        for flight in again:
            flight.tries += 1
            flight.sent_s = at_s
        return again

    def _rest(self, spent: Iterable[Flight], until_s: float) -> None:
        for flight in spent:
            key = flight.going.item.key
            del self.flights[key]
            for qn in flight.frames:
                del self._of[qn]
            self.put_off[key] = until_s


class SilenceError(Exception):
    """The receiver takes what we send and answers nothing."""
