"""The OpenAPI document, and a page that shows it without any script from elsewhere."""

from html import escape
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.problems import MEDIA_TYPE, ProblemShape

DESCRIPTION = (
    "Smartpark watches the air, water and hazard sources of an industrial or chemical park. "
    "Log in at `POST /api/v1/token` (machines) or `POST /api/v1/session` (the page: cookie and CSRF word). "
    "Times carry an offset; periods hold their start and not their end; lists are `{items, next}`; "
    "errors are RFC 9457 problems in the language of `Accept-Language` (zh, en)."
)
_PROBLEM = {"schema": {"$ref": "#/components/schemas/ProblemShape"}}
PROBLEMS: dict[int | str, dict[str, Any]] = {
    "default": {"description": "Problem (RFC 9457)", "content": {MEDIA_TYPE: _PROBLEM}}
}
_METHODS = ("get", "post", "put", "patch", "delete")


def openapi(app: FastAPI) -> dict[str, Any]:
    """Return the document, every error in the one shape."""
    if app.openapi_schema is None:
        found = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes
        )
        schemas = found["components"]["schemas"]
        schemas.pop("HTTPValidationError", None)
        schemas.pop("ValidationError", None)
        problem = ProblemShape.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(problem.pop("$defs"))
        schemas["ProblemShape"] = problem
        for path in found["paths"].values():
            for method in _METHODS:
                _as_problems(path.get(method, {}).get("responses", {}))
        found["components"]["schemas"] = dict(sorted(schemas.items()))
        app.openapi_schema = found
    return app.openapi_schema


def _as_problems(responses: dict[str, Any]) -> None:
    """Give every error of an operation the media type it is sent with."""
    responses.pop("422", None)
    if "content" in responses.get("409", {}):
        responses["409"]["content"] = {MEDIA_TYPE: responses["409"]["content"].pop("application/json")}


def page(found: dict[str, Any]) -> str:
    """Return the document as one page of HTML."""
    parts = []
    for path, methods in found["paths"].items():
        for method, one in methods.items():
            if method in _METHODS:
                parts.append(_operation(path, method, one))
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(found['info']['title'])} API</title><style>{_STYLE}</style>"
        f"<h1>{escape(found['info']['title'])} API {escape(found['info']['version'])}</h1>"
        f"<p>{escape(found['info']['description'])}</p>"
        f'<p><a href="/openapi.json">openapi.json</a></p>{"".join(parts)}</html>'
    )


_STYLE = (
    "body{font:15px/1.5 sans-serif;max-width:62em;margin:2em auto;padding:0 1em;color:#222;background:#fff}"
    "details{border:1px solid #ccc;border-radius:4px;margin:.4em 0;padding:.4em .8em}summary{cursor:pointer}"
    "code,pre{font:13px/1.4 monospace}b{display:inline-block;width:5em}table{border-collapse:collapse;margin:.5em 0}"
    "td,th{border:1px solid #ddd;padding:.2em .6em;text-align:left;vertical-align:top}"
)


def _operation(path: str, method: str, one: dict[str, Any]) -> str:
    rows = "".join(
        f"<tr><td><code>{escape(p['name'])}</code></td><td>{escape(p['in'])}</td><td>{_type(p.get('schema', {}))}</td>"
        f"<td>{'required' if p.get('required') else ''}</td><td>{escape(p.get('description', ''))}</td></tr>"
        for p in one.get("parameters", [])
    )
    body = "".join(
        f"<p>Body <code>{escape(kind)}</code>: {_type(content.get('schema', {}))}</p>"
        for kind, content in one.get("requestBody", {}).get("content", {}).items()
    )
    answers = "".join(
        f"<p>{escape(status)} {escape(answer.get('description', ''))}: "
        + ", ".join(
            f"<code>{escape(k)}</code> {_type(c.get('schema', {}))}"
            for k, c in answer.get("content", {}).items()
        )
        + "</p>"
        for status, answer in one.get("responses", {}).items()
    )
    table = f"<table>{rows}</table>" if rows else ""
    return (
        f"<details><summary><b>{method.upper()}</b> <code>{escape(path)}</code> {escape(one.get('summary', ''))}</summary>"
        f"<p>{escape(one.get('description', ''))}</p>{table}{body}{answers}</details>"
    )


def _type(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return f"<code>{escape(schema['$ref'].rsplit('/', maxsplit=1)[-1])}</code>"
    if "anyOf" in schema:
        return " or ".join(_type(one) for one in schema["anyOf"])
    if "enum" in schema:
        return "<code>" + escape(" | ".join(map(str, schema["enum"]))) + "</code>"
    if schema.get("type") == "array":
        return "list of " + _type(schema.get("items", {}))
    return escape(str(schema.get("format") or schema.get("type") or "any"))
