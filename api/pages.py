"""The dashboard, served by the product itself: files of ``dashboards/dist``, and index.html for every other page."""

from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

_OURS = ("/api", "/docs", "/openapi.json", "/healthz", "/readyz", "/metrics")
_FOR_EVER = "public, max-age=31536000, immutable"  # names under assets/ carry a digest of their content
_MISSING = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>Smartpark</title>
<body style="font: 18px/1.6 sans-serif; max-width: 40em; margin: 4em auto; padding: 0 1em">
<h1>页面尚未构建</h1><p>接口已在运行, 但 <code>dashboards/dist</code> 不存在。请运行 <code>make run</code>,
或在 <code>dashboards</code> 中运行 <code>npm ci &amp;&amp; npm run build</code>, 然后刷新。</p>
<h2>The page has not been built</h2><p>The API is running, but <code>dashboards/dist</code> is missing. Run
<code>make run</code>, or <code>npm ci &amp;&amp; npm run build</code> in <code>dashboards</code>, then reload.</p>
<p><a href="/docs">API</a></p></body></html>"""


class Pages:
    """Answers what is not the API's own: files, and the page itself for its inner addresses."""

    def __init__(self, app: ASGIApp, folder: Path) -> None:
        self._app = app
        self._folder = folder
        self._files = StaticFiles(directory=folder, check_dir=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or hand it to the API."""
        path = scope.get("path", "")
        if scope["type"] != "http" or any(path == ours or path.startswith(f"{ours}/") for ours in _OURS):
            await self._app(scope, receive, send)
            return
        if scope["method"] not in {"GET", "HEAD"}:
            raise HTTPException(405, headers={"Allow": "GET, HEAD"})
        response = await self._find(path.lstrip("/"), scope)
        await response(scope, receive, send)

    async def _find(self, path: str, scope: Scope) -> Response:
        index = self._folder / "index.html"
        if not index.is_file():
            return HTMLResponse(_MISSING, status_code=503, headers={"Retry-After": "30"})
        if path:
            try:
                response = await self._files.get_response(path, scope)
            except HTTPException as error:
                if error.status_code != 404 or "." in path.rsplit("/", maxsplit=1)[-1]:
                    raise
            else:
                hashed = path.startswith("assets/")
                response.headers["Cache-Control"] = _FOR_EVER if hashed else "no-cache"
                return response
        return FileResponse(index, headers={"Cache-Control": "no-cache"})
