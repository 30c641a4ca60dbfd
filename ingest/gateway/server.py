"""The TCP server for loggers, in a thread of its own: it takes frames in, and sends answers when it is told to."""

import asyncio
import resource
import threading
from collections import deque
from collections.abc import Iterable, Sequence

from ingest.batch import Heard
from ingest.gateway.dialogue import qn_of
from ingest.gateway.door import DEFECT, STRANGE, Door, Ration
from ingest.gateway.link import Arrival, Link
from ingest.gateway.passwords import Passwords
from ingest.gateway.roll import Roll
from ingest.gateway.sessions import Sessions
from smartpark import clock, log
from smartpark.hj212 import encode
from smartpark.hj212.commands import DATA_REPLY, HEARTBEAT, NOTICE_REPLY, commands
from smartpark.hj212.frame import Frame, FrameError
from smartpark.settings import Gateway

_FULL = 20_000  # frames that wait for the worker; then nothing is read until half of them are done
_TALK = 10_000  # frames of dialogues that wait for the next second
_LOOK_S = 1.0
_BACKLOG = 1024
_OTHER_FILES = 200  # beside the connections: database, broker, logs
_FLUSH_S = 0.2  # within that the last answers are sent
_TIME_CALIBRATION = "1013"


class Server:
    """Listens; ``inbox`` holds what came, in order, until the worker takes it."""

    def __init__(self, settings: Gateway, sessions: Sessions) -> None:
        self._settings = settings
        self._sessions = sessions
        self._log = log.get("ingest.gateway")
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="gateway", daemon=True)
        self._links: set[Link] = set()
        self._held: set[Link] = set()
        self._of: dict[str, Link] = {}  # the newest connection of each logger
        self._door = Door(settings.connections)
        self._listening: asyncio.Server | None = None
        self._leaving = False
        self._hushed, self._stopped = threading.Event(), threading.Event()
        self.roll = Roll()
        self.inbox: deque[Arrival] = deque()
        self.arrived = threading.Condition()
        self.talk: deque[Frame] = deque(maxlen=_TALK)
        self.expected: frozenset[str] = frozenset()
        self.passwords = Passwords()
        self.listening = False
        self.port = settings.port
        self.ticked_s = clock.monotonic_s()
        self.last_us: int | None = None

    def start(self) -> None:
        """Begin to listen, in the background, as soon as the port is free."""
        self._raise_files()
        self.ticked_s = clock.monotonic_s()
        self._thread.start()

    def hush(self, timeout_s: float = 2.0) -> None:
        """Let nobody in and read nothing more; who is there can still be answered."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._read_no_more)
            self._hushed.wait(timeout_s)

    def stop(self, timeout_s: float = 5.0) -> None:
        """Close every connection and end the thread."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._close_all)
            self._stopped.wait(timeout_s)
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(timeout_s)

    def answer(self, replies: Iterable[tuple[Link, bytes]]) -> None:
        """Send answers, from any thread; a connection that is gone asks again on its next one."""
        self._loop.call_soon_threadsafe(self._write_all, list(replies))

    def send(self, mn: str, data: bytes) -> bool:
        """Send to the newest connection of a logger, from any thread; false when it has none."""
        link = self._of.get(mn)
        if link is None:
            return False
        self._loop.call_soon_threadsafe(link.write, data)
        return True

    def online(self) -> frozenset[str]:
        """Return the loggers that have a connection."""
        return frozenset(self._of)

    @property
    def connections(self) -> int:
        """How many connections there are."""
        return len(self._links)

    def key_of(self, mn: str) -> bytes | None:
        """Return the SM4 key of a logger."""
        return self.roll.key_of(mn)

    def ration(self, address: str) -> Ration:
        """Return what is taken of an address before a logger that we trust speaks."""
        return self._door.ration(address, self._loop.time())

    def joined(self, link: Link) -> bool:
        """Take a connection in while there is room."""
        if self._leaving:
            return False
        if not self._door.came(link, len(self._links), self._loop.time()):
            self._log.warning("gateway_full", peer=link.peer, connections=len(self._links))
            return False
        self._links.add(link)
        return True

    def left(self, link: Link, closed_by: str) -> None:
        """Forget a connection."""
        self._links.discard(link)
        self._held.discard(link)
        self._door.forget(link)
        us = int(clock.epoch_s() * 1_000_000)
        for mn in link.mns:
            if self._of.get(mn) is link:
                del self._of[mn]
            self._sessions.closed(link, mn, us, closed_by)

    def took(self, link: Link, frames: Sequence[Frame | FrameError]) -> bool:
        """Hand frames of one connection on; what is answered at once is answered at once."""
        scarce = link.is_new and not link.mns and link.ration.owes_s(self._loop.time()) > 0
        self._take(link, frames, scarce=scarce)
        if scarce and not link.mns and not link.is_new:
            link.end("us")
        if len(self.inbox) < _FULL:
            return True
        self._held.add(link)
        return False

    def _take(self, link: Link, frames: Sequence[Frame | FrameError], *, scarce: bool = False) -> None:
        """Put frames into the inbox; where room is ``scarce``, those of a logger that we trust alone."""
        us = int(clock.epoch_s() * 1_000_000)
        roll = self.roll
        arrivals = []
        for frame in frames:
            link.met(frame)
            if isinstance(frame, FrameError):
                link.charge(DEFECT)
                self._sessions.defect(link, frame.mn)
                if link.mns or not scarce:
                    arrivals.append(
                        Arrival(roll.topic(frame.mn), frame.raw, us, Heard(frame, link.peer), link, None)
                    )
                continue
            mn = frame.head.mn
            trusted = self._trusts(frame)
            if not trusted:
                link.charge(STRANGE)
            elif link in self._links:
                self._know(link, frame, us)
            command = commands().get(frame.head.cn)
            if command is not None and command.carries == "talk":
                self._talk(link, frame, trusted=trusted)
                continue
            if scarce and not link.mns:
                continue  # not answered: it comes again, or is nobody's
            if frame.qn in self.expected:
                self.talk.append(frame)
            reply = None
            if frame.wants_answer and (trusted or roll.answers(frame)):
                reply = encode.answer(frame, DATA_REPLY)
            heard = Heard(frame, link.peer)
            arrivals.append(Arrival(roll.topic(mn), frame.raw, us, heard, link, reply, trusted))
        if arrivals:
            self.last_us = us
            self.inbox.extend(arrivals)
            with self.arrived:
                self.arrived.notify()

    def _trusts(self, frame: Frame) -> bool:
        """Return whether a frame is of an admitted logger that knows its password, or one of two while it changes."""
        one_of_two = self.passwords.counts(frame)
        return self.roll.trusts(frame) or (one_of_two and self.roll.admits(frame.head.mn))

    def _know(self, link: Link, frame: Frame, us: int) -> None:
        """Note that a logger that we trust speaks over a connection."""
        mn = frame.head.mn
        if self._of.get(mn) is not link:
            self._of[mn] = link
            link.trust(mn)
            self._door.forget(link)
        self._sessions.heard(link, frame, us)

    def _talk(self, link: Link, frame: Frame, *, trusted: bool) -> None:
        if not trusted and qn_of(frame) not in self.expected:
            return
        if frame.head.cn in {HEARTBEAT, _TIME_CALIBRATION} and frame.wants_answer:
            link.write(encode.answer(frame, NOTICE_REPLY))
        if frame.head.cn != HEARTBEAT:
            self.talk.append(frame)

    def _write_all(self, replies: Sequence[tuple[Link, bytes]]) -> None:
        for link, reply in replies:
            link.write(reply)
        if self._held and len(self.inbox) < _FULL // 2:
            held, self._held = self._held, set()
            for link in held:
                link.release("house")

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        serving = self._loop.create_task(self._serve())
        self._loop.run_forever()
        serving.cancel()
        self._loop.run_until_complete(asyncio.gather(serving, return_exceptions=True))
        self._loop.close()

    async def _serve(self) -> None:
        host = None if self._settings.host == "::" else self._settings.host
        while self._listening is None:
            self.ticked_s = clock.monotonic_s()
            try:
                self._listening = await self._loop.create_server(
                    lambda: Link(self, self._loop), host, self._settings.port, backlog=_BACKLOG
                )
            except OSError as error:
                self._log.error("gateway_port_unusable", port=self._settings.port, error=str(error))
                await asyncio.sleep(_LOOK_S)
        self.port = self._listening.sockets[0].getsockname()[1]
        self.listening = True
        self._log.info("gateway_listens", host=self._settings.host, port=self.port)
        while True:
            self.ticked_s = clock.monotonic_s()
            now_s = self._loop.time()
            self._door.look(len(self._links), now_s)
            for link in list(self._links):
                link.look(now_s, self._settings.idle_s)
            self._write_all(())
            await asyncio.sleep(_LOOK_S)

    def _read_no_more(self) -> None:
        self._leaving = True
        if self._listening is not None:
            self._listening.close()
        for link in self._links:
            link.hold("leaving")
        self._hushed.set()

    def _close_all(self) -> None:
        self.listening = False
        self._read_no_more()
        for link in list(self._links):
            link.close("us")
        self._loop.call_later(_FLUSH_S, self._end_all)

    def _end_all(self) -> None:
        for link in list(self._links):
            link.end("us")
        self._loop.call_soon(self._stopped.set)

    def _raise_files(self) -> None:
        """Let as many files be open as the system allows: each connection is one."""
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
            soft = hard
        except (ValueError, OSError):  # the kernel's own limit is below the hard one
            self._log.debug("open_files_not_raised", limit=soft)
        wanted = self._settings.connections + _OTHER_FILES
        if soft != resource.RLIM_INFINITY and soft < wanted:
            self._log.warning("too_few_open_files", limit=soft, wanted=wanted)
