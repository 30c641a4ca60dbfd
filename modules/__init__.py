"""The seven modules and the overview: each makes one page of one park at one instant."""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType

import psycopg

from modules.frame import Page
from modules.park_view import ParkView
from modules.safety.summary import summary as safety

Summary = Callable[[ParkView], Page]

MODULES: Mapping[str, Summary] = MappingProxyType({"safety": safety})


def page(module: str, conn: psycopg.Connection[object], park: str | None, now: datetime) -> Page:
    """Return the page of a module for a park by code (None: the first one).

    Raises:
        KeyError: there is no such module.
        UnknownParkError: there is no such park.

    """
    return MODULES[module](ParkView.of(conn, park, now))
