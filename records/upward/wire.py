"""The TCP connection to an HJ 212 receiver: bytes out, frames in."""

import select
import socket
from urllib.parse import urlsplit

from records.upward.courier import TroubleError
from smartpark.hj212.framing import Splitter

_CONNECT_S = 10.0
_READ_BYTES = 65_536


class Wire:
    """One connection; what the other end does not take within a while is trouble."""

    def __init__(self, address: str) -> None:
        try:
            place = urlsplit(f"//{address}")
            host, port = place.hostname, place.port
        except ValueError:
            host = port = None
        if not host or not port:
            raise TroubleError(f'"{address}" is no address; write host:port')
        try:
            self._socket = socket.create_connection((host, port), _CONNECT_S)
        except OSError as error:
            raise TroubleError(f"{address} cannot be reached: {error}") from error
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._splitter = Splitter()

    def send(self, data: bytes) -> None:
        """Send bytes.

        Raises:
            TroubleError: the connection broke, or the other end reads nothing.

        """
        try:
            self._socket.sendall(data)
        except OSError as error:
            raise TroubleError(f"sending failed: {error}") from error

    def heard(self) -> list[bytes]:
        """Return the frames that came since the last call, at once.

        Raises:
            TroubleError: the connection ended.

        """
        if not self.wait(0):
            return []
        try:
            data = self._socket.recv(_READ_BYTES)
        except OSError as error:
            raise TroubleError(f"the connection broke: {error}") from error
        if not data:
            raise TroubleError("the receiver closed the connection")
        return self._splitter.feed(data)

    def wait(self, longest_s: float) -> bool:
        """Return true as soon as something can be read, false after so long [s]."""
        readable, _, _ = select.select([self._socket], [], [], longest_s)
        return bool(readable)

    def close(self) -> None:
        """End the connection."""
        self._socket.close()
