"""The seven modules and the overview: each makes one page of one park at one instant."""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

import psycopg

from modules.economy.summary import summary as economy
from modules.energy.summary import summary as energy
from modules.environment.summary import summary as environment
from modules.frame import Page
from modules.logistics.summary import summary as logistics
from modules.overview import overview as park_today
from modules.park_view import ParkView
from modules.safety.summary import summary as safety
from modules.services.summary import summary as services
from modules.workforce.summary import summary as workforce

Summary = Callable[[ParkView], Page]

MODULES: Mapping[str, Summary] = MappingProxyType(
    {
        "economy": economy,
        "energy": energy,
        "safety": safety,
        "environment": environment,
        "logistics": logistics,
        "workforce": workforce,
        "services": services,
    }
)
PAGES: Mapping[str, Summary] = MappingProxyType({**MODULES, "overview": park_today})


def page(name: str, conn: psycopg.Connection[Any], park: str | None, now: datetime) -> Page:
    """Return a page for a park by code (None: the first one).

    Raises:
        KeyError: there is no such page.
        UnknownParkError: there is no such park.

    """
    return PAGES[name](ParkView.of(conn, park, now))
