"""Files on their way out: a few at once, taken block by block in threads, closed when their reader leaves."""

from collections.abc import AsyncIterator, Generator
from datetime import datetime

import anyio
from fastapi import Response
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from api.metrics import Metrics
from api.problems import Problem

_AT_ONCE = 3  # each holds a connection for as long as its reader takes
Blocks = Generator[bytes, None, None]


def name_of(what: str, start: datetime, end: datetime, kind: str) -> str:
    """Return the name that a file of [start, end) is saved under."""
    return f"{what}_{start:%Y%m%dT%H%M%S}_{end:%Y%m%dT%H%M%S}.{kind}"


def sent(blocks: Blocks, media_type: str, name: str, metrics: Metrics) -> Response:
    """Return the answer that sends a file; the blocks are asked for when somebody reads it.

    Raises:
        Problem: 503, too many files are on their way.

    """
    if metrics.exports_running >= _AT_ONCE:
        zh, en = "正在进行的导出过多, 请稍后再试", "too many exports at once; try again shortly"
        raise Problem(503, zh, en, headers={"Retry-After": "30"})
    return StreamingResponse(
        _in_threads(blocks, metrics),
        media_type=media_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"', "X-Accel-Buffering": "no"},
    )


async def _in_threads(blocks: Blocks, metrics: Metrics) -> AsyncIterator[bytes]:
    metrics.exports_running += 1
    try:
        while (block := await run_in_threadpool(next, blocks, None)) is not None:
            metrics.exported.inc(len(block))
            yield block
    finally:
        metrics.exports_running -= 1
        with anyio.CancelScope(shield=True):
            await run_in_threadpool(blocks.close)
