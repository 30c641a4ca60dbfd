"""What a session notes of the frames that it hears."""

from types import SimpleNamespace

from ingest.gateway.sessions import Sessions
from smartpark.hj212.encode import Sender, encode
from smartpark.hj212.frame import decode
from tests.ingest.gateway.loggers_park import STACK


def test_a_reply_does_not_change_what_system_a_logger_measures():
    sessions, link = Sessions(), SimpleNamespace(peer="10.0.0.7:4000")
    data = encode(Sender(STACK, "31", "123456"), "2011", "DataTime=20261126080000;a21026-Rtd=1", flag=4)
    reply = encode(Sender(STACK, "91", "123456"), "9012", "ExeRtn=1", flag=4)
    for at, raw in enumerate((data, reply)):
        sessions.heard(link, decode(raw), at)
    (session,) = sessions._open.values()
    assert (session.system, session.frames, session.last_us) == ("31", 2, 1)
