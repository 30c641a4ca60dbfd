"""One frame of a data logger on its way into a batch: who it is from, then factor by factor what it holds.

The names of a frame are those of the one before, so what is where is worked out once for each logger and remembered.
"""

from collections.abc import Iterator
from math import isfinite

from ingest.batch import NORMAL, Batch, KeptFrame, Origin
from ingest.directory import Directory, Logger, Station
from ingest.frame_plan import Plan, Slot, plan_of
from ingest.opening import FLAGS, MAX_BYTES, too_large
from ingest.refusal import Reason, Refusal, Suspect, shown
from ingest.reported import PERIODS, Period, Report, Reported
from smartpark.hj212.commands import commands
from smartpark.hj212.content import joined
from smartpark.hj212.frame import Frame, FrameError, decode
from smartpark.hj212.framing import Splitter
from smartpark.hj212.times import Memory, TimeFormError, parse

_PLANS = 200
_LENGTH_US = {"hour": 3_600_000_000, "day": 86_400_000_000}
_FURNACE_US = 300_000_000  # CN 2111 is a mean of five minutes


class FrameOpening:
    """Opens the frames of messages for one directory."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._times: dict[str, Memory] = {}

    def open(self, batch: Batch, message: int, origin: Origin) -> None:
        """Take a message of one frame or several; every item of it is accepted or refused."""
        if origin.heard is not None:
            self._take(batch, message, origin.heard.frame)
            return
        if len(origin.payload) > MAX_BYTES:
            _refuse(batch, message, 0, ("too_large", too_large(len(origin.payload))))
            return
        splitter = Splitter()
        pieces = [*splitter.feed(origin.payload), *splitter.finish()]
        if not pieces:
            _refuse(batch, message, 0, ("bad_frame", "the message holds no frame; a frame begins with ##"))
        for piece in pieces:
            try:
                self._take(batch, message, decode(piece, self.key_of))
            except FrameError as error:
                self._take(batch, message, error)

    def key_of(self, mn: str) -> bytes | None:
        """Return the SM4 key of a logger."""
        logger = self._directory.loggers.get(mn)
        return logger.key if logger is not None else None

    def _take(self, batch: Batch, message: int, frame: Frame | FrameError) -> None:
        if isinstance(frame, FrameError):
            said = self._directory.loggers.get(frame.mn)
            station_id = said.station.station_id if said is not None and said.station is not None else 0
            if frame.ciphered and (said is None or said.station is None):
                batch.strangers.add(frame.mn)  # its key is given when it is admitted
            _refuse(batch, message, station_id, (frame.reason, str(frame)))
            return
        command = commands().get(frame.head.cn)
        if command is not None and command.carries == "talk":
            return
        logger = self._directory.loggers.get(frame.head.mn)
        refusal = refused(logger, frame)
        if refusal is not None or logger is None or logger.station is None:
            if logger is None or logger.station is None:
                batch.strangers.add(frame.head.mn)
            station_id = logger.station.station_id if logger is not None and logger.station is not None else 0
            _refuse(batch, message, station_id, refusal or ("unknown_station", ""), _size(frame))
            return
        station = logger.station
        if command is None:
            detail = f"nothing takes the command CN={frame.head.cn}; see docs/hj212.md for those that are"
            _refuse(batch, message, station.station_id, ("unsupported", detail))
            return
        try:
            time_us = self._time_us(frame, logger, needed=command.carries != "report")
        except TimeFormError as error:
            _refuse(batch, message, station.station_id, ("malformed", f"DataTime {error}"), _size(frame))
            return
        batch.frames.append(KeptFrame(message, frame, time_us))
        received_us = batch.origins[message].received_us
        if command.carries == "report":
            _report(batch, message, frame, station, received_us if time_us is None else time_us)
            return
        _Items(batch, message, frame, logger, time_us or 0).take(command.carries)

    def _time_us(self, frame: Frame, logger: Logger, *, needed: bool) -> int | None:
        text = frame.field("DataTime")
        if text is None:
            if needed:
                raise TimeFormError("is missing; write DataTime=YYYYMMDDhhmmss")
            return None
        memory = self._times.setdefault(str(logger.zone), Memory(logger.zone))
        return memory.parse(text)


def refused(logger: Logger | None, frame: Frame) -> tuple[Reason, str] | None:
    """Return why nothing of this logger is taken, None when it is who it says."""
    if logger is None or logger.station is None:
        return (
            "unknown_station",
            f"logger {shown(frame.head.mn)} is not admitted; admit it on the page of loggers, then it is stored",
        )
    if logger.password is not None and frame.head.pw != logger.password:
        detail = f"PW of logger {shown(frame.head.mn)} is wrong; set the same at the logger and here"
        return "unknown_station", detail
    return None


class _Items:
    """The factors of one frame of an admitted logger."""

    def __init__(self, batch: Batch, message: int, frame: Frame, logger: Logger, time_us: int) -> None:
        self._batch, self._message, self._frame, self._logger = batch, message, frame, logger
        self._station: Station = logger.station  # type: ignore[assignment] # the caller has seen that it is there
        self._time_us = time_us

    def take(self, carries: str) -> None:
        batch, frame = self._batch, self._frame
        plan = self._plan(carries)
        texts = {name: frame.values[at] for name, at in plan.texts}
        items = len(plan.slots) + len(plan.odd) + len(plan.twice) + (1 if texts else 0)
        if not items:
            detail = "the frame has no factor; write code-Rtd=value or code-Avg=value"
            _refuse(batch, self._message, self._station.station_id, ("malformed", detail))
            return
        batch.counted.append((self._message, self._station.station_id, items))
        for name in plan.odd:
            detail = (
                f"{shown(name)} has no value that is taken; write -Rtd of instants, -Avg -Min -Max of periods"
            )
            self._refuse("malformed", detail)
        for name in plan.twice:
            self._refuse("malformed", f"{shown(name)} stands twice in the frame; the first counts")
        if texts:
            mn, cn, resent = frame.head.mn, frame.head.cn, frame.head.resent
            batch.reports.append(
                Report(self._message, self._station.station_id, mn, cn, self._time_us, texts, resent)
            )
        if carries == "instant":
            if not (plan.known and self._quickly(plan)):
                self._instants(plan)
        else:
            self._periods(plan, carries)

    def _quickly(self, plan: Plan) -> bool:
        """Take values that are all numbers under flags that are all N; return whether they are."""
        values = self._frame.values
        try:
            sent = [float(values[at]) for at in plan.places]
        except ValueError:
            return False
        for at in plan.flags:
            if values[at] != "N":
                return False
        batch = self._batch
        batch.rows.extend(plan.rows)
        batch.sent.extend(sent)
        if plan.rows:
            batch.spans.append((self._message, self._time_us, len(plan.rows)))
        return True

    def _instants(self, plan: Plan) -> None:
        batch, kept = self._batch, 0
        for slot, value, flag in self._sound(plan):
            if value is None:
                self._refuse("malformed", f"{shown(slot.name)} has no value; write {slot.name}-Rtd=number")
                continue
            if flag != NORMAL:
                batch.flags.append((len(batch.rows), flag))
            batch.rows.append(slot.row)
            batch.sent.append(value)
            kept += 1
        if kept:
            batch.spans.append((self._message, self._time_us, kept))

    def _periods(self, plan: Plan, carries: str) -> None:
        period: Period = next(p for p in PERIODS if p == carries)
        frame = self._frame
        length_us = _LENGTH_US.get(period, self._logger.minute_us)
        if frame.head.cn == "2111":
            length_us = _FURNACE_US
        for slot, mean, flag in self._sound(plan):
            try:
                low, high, amount = (self._number(at) for at in (slot.low, slot.high, slot.amount))
            except ValueError as error:
                self._refuse("malformed", f"{shown(slot.name)}: {error}")
                continue
            self._batch.reported.append(
                Reported(
                    self._message,
                    slot.row,
                    period,
                    self._time_us,
                    length_us,
                    mean,
                    low,
                    high,
                    amount,
                    flag,
                    frame.values[slot.maker_flag][:20] if slot.maker_flag >= 0 else None,
                    self._sample_us(slot),
                    frame.head.mn,
                    frame.head.resent,
                )
            )

    def _sound(self, plan: Plan) -> Iterator[tuple[Slot, float | None, int]]:
        """Yield what may be taken, with its value, if it says one, and its flag; refuse the rest."""
        values = self._frame.values
        for slot in plan.slots:
            if slot.row < 0:
                self._batch.unregistered.add((self._station.station_id, slot.code, slot.form))
                detail = f"{shown(slot.name)} is no quantity of station {shown(self._station.code)}; admit it or correct the code"
                self._refuse("unknown_quantity", detail)
                continue
            try:
                value = self._number(slot.mean)
            except ValueError as error:
                self._refuse("malformed", f"{shown(slot.name)}: {error}")
                continue
            letter = values[slot.flag].strip().upper() if slot.flag >= 0 else "N"
            flag = FLAGS.get(letter or "N")
            if flag is None:
                detail = f"the flag of {shown(slot.name)} is {shown(letter)}; write one of N F M S D C T B"
                self._refuse("bad_flag", detail)
                self._suspect(slot, value, detail)
                continue
            yield slot, value, flag

    def _number(self, at: int) -> float | None:
        if at < 0:
            return None
        text = self._frame.values[at]
        try:
            return float(text)
        except ValueError:
            raise ValueError(
                f"{shown(text)} is no number; leave the factor out, or send the flag D"
            ) from None

    def _sample_us(self, slot: Slot) -> int | None:
        if slot.sample < 0:
            return None
        try:
            return parse(self._frame.values[slot.sample], self._logger.zone)
        except TimeFormError:
            return None

    def _suspect(self, slot: Slot, value: float | None, detail: str) -> None:
        directory = self._batch.directory
        if value is not None and directory.safety[slot.row] and isfinite(value):
            stored = value * float(directory.factor[slot.row]) + float(directory.shift[slot.row])
            sensor_id, station_id = int(directory.sensor_id[slot.row]), self._station.station_id
            self._batch.suspects.append(
                Suspect(sensor_id, station_id, stored, self._time_us, "bad_flag", detail)
            )

    def _refuse(self, reason: Reason, detail: str) -> None:
        self._batch.refusals.append(Refusal(self._message, reason, detail, 1, self._station.station_id))

    def _plan(self, carries: str) -> Plan:
        plans, key = self._station.plans, (carries, self._frame.shape)
        plan = plans.get(key)
        if not isinstance(plan, Plan):
            if len(plans) >= _PLANS:
                plans.clear()
            plans[key] = plan = plan_of(self._station, self._frame.shape, carries)
        return plan


def _report(batch: Batch, message: int, frame: Frame, station: Station, time_us: int) -> None:
    batch.counted.append((message, station.station_id, 1))
    data = joined(frame.shape, frame.values)
    head = frame.head
    batch.reports.append(Report(message, station.station_id, head.mn, head.cn, time_us, data, head.resent))


def _size(frame: Frame) -> int:
    """Return how many items a frame holds that is not opened further."""
    return max(len(frame.shape.factors), 1)


def _refuse(batch: Batch, message: int, station_id: int, refusal: tuple[Reason, str], items: int = 1) -> None:
    batch.counted.append((message, station_id, items))
    batch.refusals.append(Refusal(message, *refusal, items, station_id))
