"""From topic and payload to items: pure, never raising, never guessing.

Here the topic leads to a place, and the message to what opens it: readings, a status, or an event.
"""

from dataclasses import dataclass
from pathlib import Path
from traceback import extract_tb

from ingest import events
from ingest.batch import Batch, Origin
from ingest.directory import Directory, Station
from ingest.frame_opening import FrameOpening
from ingest.instants import Memory
from ingest.opening import MAX_BYTES, Opening, too_large
from ingest.refusal import Reason, Refusal, shown

_ROUTES = 50_000
_LONGEST_KEPT = 200  # a longer topic is nobody's, and many of them would fill the memory


@dataclass(frozen=True, slots=True)
class _Place:
    """What a topic leads to; ``refusal`` where it leads nowhere."""

    station: Station | None
    refusal: tuple[Reason, str] | None = None


class Decoder:
    """Decodes the messages of one feed against one directory."""

    def __init__(self, directory: Directory, feed: str) -> None:
        self.directory = directory
        self._feed = feed
        self._places: dict[str, _Place] = {}
        self._times = Memory()
        self._frames = FrameOpening(directory)

    def batch(self, source: str | None = None) -> Batch:
        """Return an empty batch for this decoder's directory; it comes from loggers or over MQTT unless said otherwise."""
        return Batch(self.directory, source or ("hj212" if self._feed == "gateway" else "mqtt"))

    def add(self, batch: Batch, origin: Origin) -> None:
        """Decode one message into the batch; every item of it is accepted or refused."""
        message = len(batch.origins)
        batch.origins.append(origin)
        suspects = len(batch.suspects)
        try:
            self._open(batch, message, origin)
        except Exception as error:  # noqa: BLE001 - a defect of ours: the message is kept, the feed goes on
            batch.forget(message, suspects)
            at = extract_tb(error.__traceback__)[-1]
            why = f"{type(error).__name__} in {Path(at.filename).name}:{at.lineno}, {error}"
            detail = f"it could not be decoded ({shown(why)}); report it with this message"
            _refuse_whole(batch, message, ("unsupported", detail), 0)

    def _open(self, batch: Batch, message: int, origin: Origin) -> None:
        topic = origin.topic
        if self._feed == "gateway":
            self._frames.open(batch, message, origin)
        elif topic.endswith("/readings"):
            place = self._places.get(topic) or self._find(topic)
            Opening(batch, self._times, place.station, place.refusal).open(origin.payload)
        elif topic.endswith("/status"):
            self._status(batch, message, origin)
        else:
            self._event(batch, message, origin)

    def _find(self, topic: str) -> _Place:
        place = self._resolve(topic)
        if len(topic) <= _LONGEST_KEPT:
            if len(self._places) >= _ROUTES:
                self._places.clear()
            self._places[topic] = place
        return place

    def _resolve(self, topic: str) -> _Place:
        parts = topic.split("/")
        if len(parts) != 5 or parts[0] != "smartpark":
            return _Place(
                None, ("malformed", f"topic {shown(topic)} is not smartpark/PARK/KIND/STATION/readings")
            )
        _, park, _, code, _ = parts
        if park not in self.directory.parks:
            return _Place(
                None,
                (
                    "unknown_station",
                    f"park {shown(park)} is not in the catalogue; correct the topic or add it",
                ),
            )
        station = self.directory.stations.get((park, code))
        if station is None:
            return _Place(
                None,
                (
                    "unknown_station",
                    f"station {shown(code)} is not in the catalogue of {shown(park)}; correct the topic or add it",
                ),
            )
        if station.feed == "gateway":
            return _Place(station, ("wrong_feed", self._taken_elsewhere(station)))
        if station.feed != self._feed:
            return _Place(
                station,
                (
                    "wrong_feed",
                    f"station {shown(code)} is of kind {station.kind}; send it to smartpark/{park}/{station.kind}/{code}/...",
                ),
            )
        return _Place(station)

    def _taken_elsewhere(self, station: Station) -> str:
        """Return who delivers for a station of HJ 212 loggers: its own topic is the right one, and still nothing is taken."""
        named = [
            f"{shown(logger.mn)} since {logger.since.astimezone(logger.zone):%Y-%m-%d %H:%M}"
            if logger.since
            else shown(logger.mn)
            for logger in self.directory.loggers.values()
            if logger.station is station
        ]
        who = f"HJ 212 logger {', '.join(named)}" if named else "HJ 212 loggers"
        return f"station {shown(station.code)} takes its data from {who}; end that admission or stop sending here"

    def _status(self, batch: Batch, message: int, origin: Origin) -> None:
        place = self._places.get(origin.topic) or self._find(origin.topic)
        station_id = place.station.station_id if place.station else 0
        if place.refusal is not None:
            _refuse_whole(batch, message, place.refusal, station_id)
            return
        try:
            batch.statuses.append(
                events.Status(station_id, events.online(origin.payload), origin.received_us)
            )
        except events.EventError as error:
            _refuse_whole(batch, message, (error.reason, str(error)), station_id)

    def _event(self, batch: Batch, message: int, origin: Origin) -> None:
        parts = origin.topic.split("/")
        refusal: tuple[Reason, str] | None = None
        if len(parts) != 4 or parts[0] != "smartpark" or parts[2] != "events" or not parts[3].isprintable():
            refusal = ("unsupported", f"topic {shown(origin.topic)} is none of this feed's; see docs/mqtt.md")
        elif parts[1] not in self.directory.parks:
            refusal = (
                "unknown_station",
                f"park {shown(parts[1])} is not in the catalogue; correct the topic",
            )
        elif len(origin.payload) > MAX_BYTES:
            refusal = ("too_large", too_large(len(origin.payload)))
        if refusal is None:
            try:
                park_id = self.directory.parks[parts[1]]
                batch.events.append(events.park_event(park_id, parts[3], origin.payload, origin.received_us))
            except events.EventError as error:
                refusal = (error.reason, str(error))
        if refusal is not None:
            _refuse_whole(batch, message, refusal, 0)


def _refuse_whole(batch: Batch, message: int, refusal: tuple[Reason, str], station_id: int) -> None:
    batch.counted.append((message, station_id, 1))
    batch.refusals.append(Refusal(message, *refusal, 1, station_id))
