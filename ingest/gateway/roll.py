"""The allow-list as the network thread sees it: who may speak, with which key, and where a frame belongs."""

from ingest.directory import Directory
from ingest.frame_opening import refused
from smartpark.hj212.frame import Frame

_NOBODY = "-"


class Roll:
    """A view on one directory; a newly loaded directory gets a new roll."""

    def __init__(self, directory: Directory | None = None) -> None:
        self._loggers = directory.loggers if directory is not None else {}
        parks = directory.parks if directory is not None else {}
        self._park = min(parks, key=parks.__getitem__, default=_NOBODY)
        self._topics: dict[str, str] = {}

    def key_of(self, mn: str) -> bytes | None:
        """Return the SM4 key of a logger."""
        logger = self._loggers.get(mn)
        return logger.key if logger is not None else None

    def topic(self, mn: str) -> str:
        """Return the topic that a frame of this logger would have had over MQTT."""
        topic = self._topics.get(mn)
        if topic is None:
            logger = self._loggers.get(mn)
            park = logger.park if logger is not None else self._park
            name = "".join("_" if c in "/+#" or not c.isprintable() else c for c in mn[:64]) or _NOBODY
            topic = f"smartpark/{park}/hj212/{name}"
            if len(self._topics) < 50_000:
                self._topics[mn] = topic
        return topic

    def trusts(self, frame: Frame) -> bool:
        """Return whether the frame is of an admitted logger that knows its password."""
        return refused(self._loggers.get(frame.head.mn), frame) is None

    def admits(self, mn: str) -> bool:
        """Return whether a logger is admitted, whatever it says as its password."""
        logger = self._loggers.get(mn)
        return logger is not None and logger.station is not None

    def as_known(self, frame: Frame) -> Frame:
        """Return a frame that was believed, under the password that its logger has now; it may have been under another."""
        logger = self._loggers.get(frame.head.mn)
        if logger is None or logger.password is None or logger.password == frame.head.pw:
            return frame
        return frame._replace(head=frame.head._replace(pw=logger.password))

    def answers(self, frame: Frame) -> bool:
        """Return whether data are confirmed once they are safe: to a stranger too, but not under a wrong password."""
        logger = self._loggers.get(frame.head.mn)
        return logger is None or logger.station is None or refused(logger, frame) is None
