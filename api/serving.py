"""The HTTP server: one socket for IPv4 and IPv6, streams that end when the process is asked to."""

import socket
from types import FrameType

import uvicorn
from fastapi import FastAPI

from api.house import House


class Server(uvicorn.Server):
    """Ends the live streams first, so that shutting down waits for nobody."""

    def __init__(self, app: FastAPI) -> None:
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=5,
            timeout_keep_alive=30,
            server_header=False,
            proxy_headers=False,
        )
        super().__init__(config)
        self._house: House = app.state.house

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Close the streams, then stop as uvicorn does."""
        self._house.hub.close()
        super().handle_exit(sig, frame)


def bind(host: str, port: int) -> socket.socket:
    """Return a listening socket; ``::`` takes IPv4 as well.

    Raises:
        OSError: the address or port cannot be had.

    """
    family, kind, proto, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    sock = socket.socket(family, kind, proto)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        sock.bind(address)
        sock.listen(512)
    except OSError:
        sock.close()
        raise
    return sock
