"""A server without a network, whose time the test turns."""

from ingest.directory import LoggerRow, StationRow, build
from ingest.gateway.link import Link
from ingest.gateway.roll import Roll
from ingest.gateway.server import Server
from ingest.gateway.sessions import Sessions
from smartpark.hj212.encode import Sender, encode
from smartpark.settings import Gateway
from tests.ingest.gateway.line import Time, Transport
from tests.ingest.gateway.loggers_park import STACK

PASSWORD = "123456"


def directory(password=PASSWORD):
    """Return what the gateway knows: one logger, under this password."""
    return build(
        {"t1": 1},
        [StationRow(1, "t1", "s1", "stack", "gateway", "emission")],
        [],
        [],
        [LoggerRow(STACK, "t1", "s1", password, None, 1, admitted=True, zone="Asia/Shanghai")],
    )


class House:
    """A server whose time the test turns, and the connections to it."""

    def __init__(self, slots):
        self.time = Time()
        self.server = Server(Gateway(connections=slots), Sessions())
        self.server._loop.close()
        self.server._loop = self.time
        self.server.roll = Roll(directory())

    def call(self, host="10.0.0.1"):
        link = Link(self.server, self.time)
        link.transport = Transport(host)
        link.connection_made(link.transport)
        return link

    def flood(self, link, count, first=0):
        link.data_received(b"".join(stranger(first + n) for n in range(count)))

    def look(self):
        self.server._door.look(self.server.connections, self.time.time())
        for link in list(self.server._links):
            link.look(self.time.time(), 900)
            self.lost(link)

    def lost(self, *links):
        for link in links:
            if link.transport.aborted:
                link.connection_lost(None)


def said(mn, pw="123456", number=0):
    cp = "DataTime=20261126080000;a21026-Rtd=1"
    return encode(Sender(mn, "31", pw), "2011", cp, flag=4, qn=f"20261126080000{number:03d}")


def stranger(number):
    return said(f"{number:024X}")
