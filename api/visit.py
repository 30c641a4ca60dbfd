"""One request of one reader: may they, what may they see, in which time zone, which page of the list."""

import base64
import binascii
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Annotated, Any
from zoneinfo import available_timezones

import orjson
from fastapi import Depends, Query, Request, Response
from pydantic import AfterValidator, AwareDatetime

from api.house import House, house_of
from api.login import who
from api.problems import InputProblem, Problem
from api.roles import Permission, Principal
from smartpark import db


@dataclass(frozen=True, slots=True)
class Visit:
    """A reader at the desk."""

    house: House
    principal: Principal
    zone: str

    @contextmanager
    def open(self) -> Iterator[db.DictConnection]:
        """Open one transaction that sees what this reader may see, its times in the chosen zone."""
        with self.house.seen_by(self.principal, self.zone) as conn:
            yield conn


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _zone(request: Request, tz: str | None) -> str:
    if tz is None:
        return house_of(request).park_zone(request.query_params.get("park"))
    if tz not in _zones():
        raise InputProblem(
            "query.tz",
            f"没有时区 {tz}; 请写如 Asia/Shanghai 或 UTC",
            f"{tz} is no time zone; write Asia/Shanghai or UTC",
        )
    return tz


def may(permission: Permission) -> Callable[..., Visit]:
    """Return the dependency that lets in who has a permission."""

    def visit(
        request: Request,
        principal: Annotated[Principal, Depends(who)],
        tz: Annotated[
            str | None,
            Query(description="IANA time zone of the answer's times; default: the park's", max_length=64),
        ] = None,
    ) -> Visit:
        if not principal.may(permission):
            raise Problem(
                403,
                f"角色 {principal.role} 无权执行此操作",
                f"the role {principal.role} may not do this",
            )
        return Visit(house_of(request), principal, _zone(request, tz))

    visit.permission = permission  # type: ignore[attr-defined] # the test of routes by roles reads it
    return visit


Reads = Annotated[Visit, Depends(may("read"))]

Id = Annotated[int, Query(ge=1, le=2**31 - 1)]
_YEARS = (1970, 2200)


def _sane(at: datetime) -> datetime:
    if not _YEARS[0] <= at.year <= _YEARS[1]:
        raise ValueError(f"the year must be from {_YEARS[0]} to {_YEARS[1]}")
    return at


Instant = Annotated[AwareDatetime, AfterValidator(_sane)]
From = Annotated[
    Instant | None, Query(alias="from", description="start of the period, included; RFC 3339 with offset")
]
To = Annotated[Instant | None, Query(description="end of the period, not included; RFC 3339 with offset")]


def check_period(start: datetime, end: datetime) -> None:
    """Refuse a period that ends before it begins.

    Raises:
        InputProblem: ``to`` is not after ``from``.

    """
    if end <= start:
        raise InputProblem(
            "query.to",
            "必须晚于 from; 时段含起点、不含终点",
            "must be later than from; a period holds its start, not its end",
        )


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list: ``limit`` items after a cursor."""

    limit: int
    cursor: str | None

    def after(self, listing: str, *kinds: type) -> tuple[Any, ...]:
        """Return the keys the last page ended with, all None for the first page.

        Raises:
            InputProblem: the cursor is not one of this list.

        """
        if self.cursor is None:
            return (None,) * len(kinds)
        try:
            raw = base64.b64decode(self.cursor.encode("ascii"), altchars=b"-_", validate=True)
            name, *keys = orjson.loads(raw)
            if name == listing:
                return tuple(_key(key, kind) for key, kind in zip(keys, kinds, strict=True))
            reason: Exception | None = None
        except (ValueError, TypeError, OverflowError, binascii.Error) as error:
            reason = error
        raise InputProblem(
            "query.cursor",
            "不是本列表返回的游标; 请原样使用上一页的 next",
            "is no cursor of this list; use `next` of the page before as it is",
        ) from reason

    def answer(self, listing: str, rows: Sequence[dict[str, Any]], *keys: str) -> dict[str, Any]:
        """Return ``{items, next}`` of rows that were read one more than asked for."""
        more = len(rows) > self.limit
        items = list(rows[: self.limit])
        end = [items[-1][key] for key in keys] if more else []
        cursor = base64.urlsafe_b64encode(orjson.dumps([listing, *end])).decode() if more else None
        return {"items": items, "next": cursor}


def _key(value: Any, kind: type) -> Any:
    if kind is datetime:
        at = datetime.fromisoformat(value)
        if at.tzinfo is None:
            raise ValueError("an instant without offset")
        return _sane(at)
    if kind is int and isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63:
        return value
    if kind is str and isinstance(value, str) and "\0" not in value:
        return value
    raise ValueError("of another kind")


def _page(
    limit: Annotated[int, Query(ge=1, le=5000, description="items a page")] = 500,
    cursor: Annotated[str | None, Query(max_length=500, description="`next` of the page before")] = None,
) -> Page:
    return Page(limit, cursor)


Paging = Annotated[Page, Depends(_page)]


def as_json(content: Any, status: int = 200) -> Response:
    """Return an answer as JSON; its shape is declared by the route's response model."""
    body = orjson.dumps(content, option=orjson.OPT_NAIVE_UTC)
    return Response(body, status_code=status, media_type="application/json")
