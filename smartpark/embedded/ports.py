"""Ports on loopback: the wanted one when it is free, else any free one, remembered for the next start."""

import json
import socket
from pathlib import Path


def is_free(port: int) -> bool:
    """Tell whether a server could listen on this loopback port now, IPv4 and (where there is one) IPv6."""
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((address, port))
        except OSError as err:
            if (
                family == socket.AF_INET or err.errno == 98
            ):  # EADDRINUSE; a host without IPv6 answers otherwise
                return False
    return True


def any_free() -> int:
    """Return a port that is free on loopback now."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        if is_free(port):
            return port


def choose(name: str, memory: Path, wanted: int = 0) -> int:
    """Return the wanted port, else the remembered one, else a free one; remember what was chosen.

    A wanted port that is taken is returned all the same: the server then says so itself.
    """
    known: dict[str, int] = json.loads(memory.read_text()) if memory.exists() else {}
    port = wanted or known.get(name, 0)
    if not port or (not wanted and not is_free(port)):
        port = any_free()
    if known.get(name) != port:
        memory.parent.mkdir(parents=True, exist_ok=True)
        memory.write_text(json.dumps(known | {name: port}, indent=1))
    return port
