"""``GET /live``: alerts, values and feed states as they happen (server-sent events)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Annotated

import orjson
from fastapi import APIRouter, Header, Query
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool

from api import VERSION
from api.live import Hub
from api.login import still_holds
from api.problems import Problem
from api.visit import Reads
from smartpark import clock, db

router = APIRouter(tags=["live"])

RECHECK_S = 60.0
_STREAMS = 1000  # at once
_RETRY_MS = 1000


@router.get("/live", response_class=EventSourceResponse)
async def live(
    visit: Reads,
    last_event_id: Annotated[str | None, Header(alias="Last-Event-ID", max_length=40)] = None,
    after: Annotated[
        str | None, Query(alias="last_event_id", max_length=40, description="as the header Last-Event-ID")
    ] = None,
) -> AsyncIterator[ServerSentEvent]:
    """Stream events: ``hello`` first; ``alert`` with id (alert and event), ``values``, ``feed``, ``resync``.

    A client that names the last event it saw gets everything after it, nothing twice. ``resync``: that event is not
    known here; load the lists again, the stream goes on after ``event_id``.
    """
    hub = visit.house.hub
    bell = hub.enter()
    try:
        said = last_event_id or after
        position, resync = await _begin(hub, bell, said)
        hello = {"event_id": position, "server_time": clock.now(), "version": VERSION}
        yield ServerSentEvent(event="hello", raw_data=orjson.dumps(hello).decode(), retry=_RETRY_MS)
        if resync:
            yield ServerSentEvent(event="resync", raw_data=orjson.dumps({"event_id": position}).decode())
        owner, tick, feed_tick = visit.principal.owner, hub.tick, 0
        check_at_s = clock.monotonic_s() + RECHECK_S
        while not hub.closing.is_set():
            bell.clear()
            if clock.monotonic_s() >= check_at_s:
                check_at_s = clock.monotonic_s() + RECHECK_S
                with suppress(db.Error, Problem):  # the database is away: nobody is thrown out for that
                    if not await run_in_threadpool(still_holds, visit.house, visit.principal):
                        return
            while (told := hub.after(position)) is None or told:
                if told is None:
                    batch, reached = await run_in_threadpool(hub.read_after, position)
                else:
                    batch, reached = told, told[-1].id
                for event in batch:
                    if owner is None or owner == event.owner:
                        yield ServerSentEvent(event="alert", id=str(event.id), raw_data=event.data)
                position = reached
            if tick < hub.tick:
                values, tick = hub.values_after(tick, owner), hub.tick
                if values is not None:
                    yield ServerSentEvent(event="values", raw_data=values)
            if feed_tick < hub.feed_tick:
                feed_tick = hub.feed_tick
                yield ServerSentEvent(event="feed", raw_data=hub.feed(owner))
            with suppress(TimeoutError):
                await asyncio.wait_for(bell.wait(), timeout=5)
    finally:
        hub.leave(bell)


async def _begin(hub: Hub, bell: asyncio.Event, said: str | None) -> tuple[int, bool]:
    """Return after which event the stream goes on, and whether the one the client named is unknown."""
    if hub.clients > _STREAMS:
        raise Problem(503, "实时连接过多, 请稍后再试", "too many live streams; try again shortly")
    while hub.position is None and not hub.closing.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(bell.wait(), timeout=1)
        bell.clear()
    newest = hub.position or 0
    if said is None:
        return newest, False
    if said.isascii() and said.isdigit() and await run_in_threadpool(hub.knows, int(said)):
        return int(said), False
    return newest, True
