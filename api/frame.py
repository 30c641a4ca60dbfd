"""What every answer carries: a request id, headers that protect the reader, a measured time, one error shape."""

import re
import secrets

import anyio
from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import problems
from api.metrics import Metrics
from smartpark import clock

PREFIX = "/api/v1"
BODY_LIMIT_BYTES = 1_000_000  # every command is far smaller
FILE_LIMIT_BYTES = 10_500_000  # a file of 10 MB and what wraps it
_FILES = ("/vouchers", "/document")  # how routes end that take one
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class Frame:
    """The outermost layer of the application."""

    def __init__(self, app: ASGIApp, metrics: Metrics, policy: str) -> None:
        self._app = app
        self._metrics = metrics
        self._policy = policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        said = request.headers.get("x-request-id", "")
        scope["request_id"] = request_id = said if _ID.fullmatch(said) else secrets.token_hex(8)
        began_s = clock.monotonic_s()
        status = 0

        async def framed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._add(MutableHeaders(scope=message), request_id)
            await send(message)

        try:
            await self._app(scope, _bounded(request, receive), framed)
        except Exception as error:
            if status and _reader_left(error):
                return
            # The last place where an error can still become an answer; what has begun can only be cut off.
            problem = problems.of_any(error, request)
            if status:
                raise
            await problems.respond(request, problem)(scope, receive, framed)
        finally:
            route = getattr(scope.get("route"), "path", None) or "other"
            self._metrics.observe(
                _method(scope["method"]), route, status or 500, clock.monotonic_s() - began_s
            )

    def _add(self, headers: MutableHeaders, request_id: str) -> None:
        headers["X-Request-ID"] = request_id
        headers["X-Content-Type-Options"] = "nosniff"
        headers["X-Frame-Options"] = "DENY"
        headers["Referrer-Policy"] = "same-origin"
        headers["Content-Security-Policy"] = self._policy
        headers.setdefault("Cache-Control", "no-store")


def content_policy(tile_url: str) -> str:
    """Return the content security policy: everything from here, pictures of the map tiles besides."""
    tiles = ""
    if tile_url:
        tiles = " " + "/".join(tile_url.replace("{s}.", "*.").split("/")[:3])
    return (
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
        f"img-src 'self' data: blob:{tiles}; connect-src 'self'; font-src 'self' data:; object-src 'none'; "
        "base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
    )


def _method(method: str) -> str:
    return method if method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} else "other"


def _bounded(request: Request, receive: Receive) -> Receive:
    """Refuse a body beyond the limit as soon as that is known."""
    size = 0
    limit = FILE_LIMIT_BYTES if request.url.path.endswith(_FILES) else BODY_LIMIT_BYTES

    async def counted() -> Message:
        nonlocal size
        message = await receive()
        if message["type"] == "http.request":
            size += len(message.get("body", b""))
            declared = request.headers.get("content-length", "0")
            if size > limit or (declared.isdigit() and int(declared) > limit):
                raise HTTPException(413)
        return message

    return counted


def _reader_left(error: BaseException) -> bool:
    """Return whether a stream broke only because its reader had closed it."""
    if isinstance(error, BaseExceptionGroup):
        return all(_reader_left(one) for one in error.exceptions)
    return isinstance(error, anyio.BrokenResourceError | anyio.ClosedResourceError | ClientDisconnect)
