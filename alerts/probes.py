"""Whether cameras answer: in the demo a simulated probe; a real one asks the media gateway."""

from datetime import datetime
from hashlib import blake2b

from psycopg.rows import dict_row

from alerts.rows import AnyConnection
from smartpark import queries

Q = queries.load("alerts", "watch.sql")

_OUT_OF = 250  # one camera in so many is down in any hour


def probe(conn: AnyConnection, now: datetime) -> int:
    """Write what the simulated probe finds of every camera; return how many answer."""
    with conn.transaction(), conn.cursor(row_factory=dict_row) as cursor:
        found = {row["id"]: answers(row["id"], now) for row in cursor.execute(Q.cameras).fetchall()}
        rows = [{"id": camera, "online": online, "now": now} for camera, online in found.items()]
        if rows:
            cursor.executemany(Q.probed, rows)
    return sum(found.values())


def answers(camera_id: int, now: datetime) -> bool:
    """Return whether the simulated camera answers; the same for a whole hour, the same in every run."""
    digest = blake2b(f"{camera_id} {now:%Y-%m-%dT%H}".encode(), digest_size=4).digest()
    return int.from_bytes(digest) % _OUT_OF != 0
