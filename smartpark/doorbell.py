"""Wakes a thread that waits in ``select`` for sockets."""

import socket


class Doorbell:
    """One thread rings, another waits for ``bell`` to become readable."""

    def __init__(self) -> None:
        self.bell, self._button = socket.socketpair()
        self.bell.settimeout(0)
        self._button.settimeout(0)

    def ring(self) -> None:
        """Wake the waiting thread, now or the next time it waits."""
        try:
            self._button.send(b"r")
        except OSError:
            return  # so many rings are unheard that one more makes no difference

    def hush(self) -> None:
        """Forget every ring so far."""
        try:
            while self.bell.recv(4096):
                pass
        except OSError:
            return

    def close(self) -> None:
        """Take it down."""
        self.bell.close()
        self._button.close()
