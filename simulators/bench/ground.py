"""The park of the bench: 10,000 sensors with four limit slots each under 300 rules."""

from dataclasses import dataclass

from smartpark import db, migrate, queries

Q = queries.load("simulators.bench", "ground.sql")
STATIONS, GROUPS = 500, 15
QUANTITIES = tuple(f"x_bench_{n:02}" for n in range(20))
PROBES = 300  # sensors, the last ones, on which only the live figure's readings fall


@dataclass(frozen=True, slots=True)
class Ground:
    """Where the bench stands; ``sensor_id`` follows stations, then quantities."""

    sensor_id: tuple[int, ...]
    sensors: int
    rules: int


def prepare(dsn: str) -> Ground:
    """Migrate a private database and put the park into it."""
    values = {"quantities": list(QUANTITIES), "stations": STATIONS, "groups": GROUPS}
    with db.connect(dsn, name="bench") as conn:
        migrate.migrate(conn)
        for query in (Q.park, Q.quantities, Q.stations, Q.sensors, Q.limits, Q.rules):
            conn.execute(query, values)
        ids = tuple(row[2] for row in conn.execute(Q.sensor_numbers, values))
        row = conn.execute(Q.counts).fetchone()
        conn.commit()
    sensors, rules = row or (0, 0)
    return Ground(ids, sensors, rules)


def place(sensor: int) -> tuple[str, str, str]:
    """Return kind, station and quantity of the n-th sensor."""
    station, quantity = divmod(sensor, len(QUANTITIES))
    return ("air" if station % 2 else "voc"), f"s{station}", QUANTITIES[quantity]
