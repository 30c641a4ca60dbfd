"""Settings are one frozen tree, read once per process from ``SMARTPARK_*`` variables or ``.env``.

A name that is not in the tree, or a value that does not fit, stops the process before a socket opens,
with one sentence that says what to write instead.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)

from smartpark.setting_list import describe

PREFIX = "SMARTPARK_"
DEMO_SECRET = "demo-secret-not-for-production-0000000000"  # noqa: S105 - refused outside the demo

Port = Annotated[int, Field(ge=0, le=65535)]


class SettingsError(ValueError):
    """The settings cannot be used; the message says which and what to write instead."""


class _Group(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Database(_Group):
    """TimescaleDB."""

    dsn: SecretStr | None = Field(
        None, description="connection string of a TimescaleDB >= 2.19; empty: a private server is started"
    )
    port: Port = Field(0, description="port of the private server; 0: a free one, kept afterwards")
    pool_size: int = Field(8, ge=1, le=100, description="connections the API keeps at most")
    statement_timeout_s: int = Field(60, ge=1, description="longest time one API query may take [s]")

    @field_validator("dsn")
    @classmethod
    def _is_address(cls, dsn: SecretStr | None) -> SecretStr | None:
        said = dsn.get_secret_value() if dsn else ""
        keywords = "=" in said and "://" not in said
        if said and not keywords and not _is_url(said, {"postgresql", "postgres"}):
            raise ValueError("write postgresql://user:password@host:port/database")
        return dsn


class Broker(_Group):
    """MQTT broker."""

    url: SecretStr | None = Field(
        None,
        description="mqtt://user:password@host:port or mqtts://...; empty: a private broker is started",
    )
    port: Port = Field(0, description="port of the private broker; 0: a free one, kept afterwards")
    session_days: int = Field(7, ge=1, description="how long the broker keeps our place in the queue [d]")
    max_queued_bytes: int = Field(
        2_000_000_000, ge=1_000_000, description="bound on what the private broker queues per feed [byte]"
    )

    @field_validator("url")
    @classmethod
    def _is_address(cls, url: SecretStr | None) -> SecretStr | None:
        if url and not _is_url(url.get_secret_value(), {"mqtt", "mqtts"}, needs_host=True):
            raise ValueError("write mqtt://user:password@host:1883 or mqtts://...")
        return url


class Ingest(_Group):
    """Batches and bounds of the ingest pipeline."""

    batch_messages: int = Field(4000, ge=1, le=20000, description="a batch ends at so many messages")
    batch_readings: int = Field(50_000, ge=1, description="... or so many readings")
    batch_bytes: int = Field(8_000_000, ge=1000, description="... or so many bytes [byte]")
    linger_ms: int = Field(10, ge=0, le=1000, description="... or after so long [ms]")
    future_tolerance_s: int = Field(
        600, ge=0, description="a reading further ahead of our clock is quarantined [s]"
    )
    readings_days: int = Field(
        90, ge=1, description="readings are kept so long; older ones are refused as too_old [d]"
    )
    minutes_days: int = Field(1826, ge=1, description="minute values are kept so long [d]")
    frames_days: int = Field(
        1826, ge=1, description="raw frames and reports of data loggers are kept so long [d]"
    )
    watchdog_s: int = Field(
        60, ge=5, description="the process ends when its network loop stands still so long [s]"
    )


class Api(_Group):
    """HTTP server and log-in."""

    host: str = Field("127.0.0.1", description="address to listen on; :: for every IPv4 and IPv6 address")
    port: Port = Field(8080, description="port; in the demo the next free one is taken when it is in use")
    secret: SecretStr = Field(
        SecretStr(DEMO_SECRET),
        description="signs tokens and cookies; 32 characters or more, your own in production",
    )
    token_hours: int = Field(12, ge=1, description="how long a log-in lasts [h]")
    secure_cookie: bool = Field(default=False, description="send the session cookie over HTTPS only")
    tile_url: str = Field("", description="map tiles {z}/{x}/{y}; empty: the park's own plan alone")


class Gateway(_Group):
    """TCP server for HJ 212 data loggers, and what it says to them."""

    host: str = Field("127.0.0.1", description="address to listen on; :: for every IPv4 and IPv6 address")
    port: Port = Field(0, description="port for data loggers; 0: a free one, kept afterwards")
    connections: int = Field(
        5000,
        ge=1,
        description="connections at most; a further one takes the place of a stranger, or is closed at once",
    )
    idle_s: int = Field(900, ge=30, description="a connection that says nothing for so long is closed [s]")
    answer_s: int = Field(10, ge=1, description="how long a logger may take to answer a request [s]")
    tries: int = Field(3, ge=1, le=10, description="how often a request is sent before it is given up")
    fetch_back_hours: int = Field(168, ge=0, description="gaps so far back are fetched unasked; 0: never [h]")


class Records(_Group):
    """Official records, and what goes upward."""

    grace_s: int = Field(300, ge=300, le=3600, description="an hour is closed so long after its end [s]")
    oxygen_not_running: float = Field(
        19.0, gt=0, lt=21, description="flue gas with so much oxygen is taken as a unit that does not run [%]"
    )
    mark_days: int = Field(10, ge=1, description="data may be marked so long after they were measured [d]")
    voucher_day: int = Field(
        10, ge=1, le=28, description="vouchers of a month are due by this day of the next month"
    )
    pass_rate: float = Field(75.0, ge=0, le=100, description="effective rate that passes [%]")
    good_rate: float = Field(95.0, ge=0, le=100, description="effective rate that is shown as good [%]")
    reports: bool = Field(default=True, description="make daily, monthly and annual reports by themselves")

    upward_days: int = Field(
        730, ge=30, description="what arrived at the platforms above us is listed so long [d]"
    )


class Demo(_Group):
    """The simulated park."""

    fleet: bool = Field(
        default=True, description="play the simulated fleet; false: sensors of your own deliver"
    )
    scenario: str = Field("quiet_day", description="scenario that the simulated fleet plays")
    seed: int = Field(20260301, ge=0, description="seed of the simulated fleet")
    upper_port: Port = Field(0, description="port of the simulated upper platform; 0: a free one")
    history_days: int = Field(
        2, ge=0, le=90, description="days of minute values made at the first start; 0: no past at all [d]"
    )
    history_months: int = Field(
        24, ge=0, le=60, description="months of hour records made at the first start [months]"
    )


class Settings(_Group):
    """Everything that can be set."""

    mode: Literal["demo", "production"] = Field(
        "demo", description="demo starts the simulated park and its users; production refuses demo secrets"
    )
    data_dir: Path = Field(Path(".smartpark"), description="private servers, pictures and state live here")
    catalogue: Path = Field(
        Path("parks/demo"), description="folder of the park's catalogue, imported into an empty database"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="least severe log event written"
    )
    log_format: Literal["auto", "json", "text"] = Field(
        "auto", description="auto: text on a terminal, JSON elsewhere"
    )
    metrics_port: Port = Field(0, description="port for the metrics of a process without HTTP; 0: none")
    db: Database = Database()
    mqtt: Broker = Broker()
    ingest: Ingest = Ingest()
    gateway: Gateway = Gateway()
    api: Api = Api()
    records: Records = Records()
    demo: Demo = Demo()

    @model_validator(mode="after")
    def _production_has_its_own_secret(self) -> "Settings":
        if self.mode == "production":
            secret = self.api.secret.get_secret_value()
            if secret == DEMO_SECRET or len(secret) < 32:
                raise ValueError(
                    "SMARTPARK_API__SECRET must be your own secret of 32 characters or more in production; "
                    'make one with: python -c "import secrets; print(secrets.token_hex(32))"'
                )
        return self


def load(environ: Mapping[str, str] | None = None, env_file: Path | None = Path(".env")) -> Settings:
    """Read the settings.

    Raises:
        SettingsError: an unknown name or an unfit value, said in one sentence each.

    """
    values: dict[str, str] = {}
    if env_file is not None and env_file.exists():
        values |= {k: v or "" for k, v in dotenv_values(env_file).items()}
    values |= os.environ if environ is None else environ
    ours = {k: v for k, v in values.items() if k.upper().startswith(PREFIX)}
    known = {leaf.name for leaf in describe(Settings, PREFIX)}
    tree: dict[str, Any] = {}
    for name, value in ours.items():
        if name.upper() not in known:
            raise SettingsError(f"{name} is not a setting; {_nearest(name.upper(), known)}")
        if value == "":
            continue
        *groups, leaf = name.upper().removeprefix(PREFIX).lower().split("__")
        node = tree
        for group in groups:
            node = node.setdefault(group, {})
        node[leaf] = value
    try:
        return Settings.model_validate(tree)
    except ValidationError as err:
        raise SettingsError("; ".join(_sentence(e) for e in err.errors())) from err


def _sentence(error: Any) -> str:
    name = PREFIX + "__".join(str(part).upper() for part in error["loc"])
    message = str(error["msg"]).removeprefix("Value error, ")
    if not error["loc"]:
        return message
    if any(leaf.name == name and leaf.type == "secret" for leaf in describe(Settings, PREFIX)):
        return f"{name} does not fit: {message}"
    return f"{name} = {error['input']!r} does not fit: {message}"


def _is_url(text: str, schemes: set[str], *, needs_host: bool = False) -> bool:
    try:
        place = urlsplit(text)
        return place.scheme in schemes and (place.port or 1) > 0 and bool(place.hostname or not needs_host)
    except ValueError:
        return False


def _nearest(name: str, known: set[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, known, n=1, cutoff=0.6)
    return f"did you mean {near[0]}?" if near else "see docs/settings.md for the names"
