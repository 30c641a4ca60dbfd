"""One error shape: RFC 9457 ``application/problem+json`` from every route, in the reader's language."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
import psycopg
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from psycopg_pool import PoolTimeout
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from api.words import Words, finding, language_of, title
from smartpark import log

MEDIA_TYPE = "application/problem+json"
_log = log.get(__name__)


class FieldError(BaseModel):
    """What is wrong with one field of the input."""

    field: str = Field(description="where: query.from, body.version, ...")
    detail: str = Field(description="what is wrong and what to write instead")


class ProblemShape(BaseModel):
    """An error after RFC 9457."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    instance: str
    request_id: str = Field(description="reference number: it stands in the log as well")
    errors: list[FieldError] | None = None


class Problem(Exception):  # noqa: N818 - the word of RFC 9457
    """A request that ends with an error; ``more`` holds members of its own, such as the current alert."""

    def __init__(
        self,
        status: int,
        zh: str,
        en: str,
        *,
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(en)
        self.status = status
        self.words = Words(zh, en)
        self.headers = dict(headers or {})
        self.more = dict(more or {})


class InputProblem(Problem):
    """One field of the input does not fit; ``label`` is what the form calls it."""

    def __init__(self, field: str, zh: str, en: str, *, label: Words | None = None) -> None:
        label = label or Words(field, field)
        super().__init__(422, f"{label.zh}: {zh}", f"{label.en}: {en}")
        self.errors = [(field, Words(zh, en))]


def not_found(zh: str, en: str) -> Problem:
    """Return the answer for something that is not there, or not for this reader to see."""
    return Problem(404, f"没有{zh}", f"there is no {en}")


def respond(request: Request, problem: Problem) -> Response:
    """Return the answer of a problem."""
    language = language_of(request.headers.get("accept-language", ""))
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": title(problem.status).pick(language),
        "status": problem.status,
        "detail": problem.words.pick(language),
        "instance": request.url.path,
        "request_id": request.scope.get("request_id", ""),
    }
    errors: Sequence[tuple[str, Words]] = getattr(problem, "errors", ())
    if errors:
        body["errors"] = [{"field": where, "detail": words.pick(language)} for where, words in errors]
    headers = {"Content-Language": "en" if language == "en" else "zh-CN", **problem.headers}
    content = orjson.dumps(body | problem.more, default=str)
    return Response(content, status_code=problem.status, media_type=MEDIA_TYPE, headers=headers)


def of_http(error: HTTPException, request: Request) -> Problem:
    """Return the problem of an error that the framework raised."""
    path = request.url.path
    words = {
        404: Words(f"没有 {path}", f"there is nothing at {path}"),
        405: Words(f"{path} 不支持 {request.method}", f"{path} does not take {request.method}"),
        413: Words("请求内容超过 1 MB; 请分批提交", "the request is larger than 1 MB; send it in parts"),
    }.get(error.status_code)
    if words is None:
        detail = str(error.detail)
        words = Words(f"{title(error.status_code).zh}: {detail}", detail)
    return Problem(error.status_code, words.zh, words.en, headers=error.headers)


def of_validation(error: RequestValidationError) -> Problem:
    """Return the problem of input that does not fit: each field, what is wrong, what to write."""
    found = []
    for one in error.errors():
        where = ".".join(str(part) for part in one["loc"]) or "body"
        found.append((where, finding(one["type"], one.get("ctx") or {}, one["msg"])))
    zh = "; ".join(f"{where}: {words.zh}" for where, words in found)
    en = "; ".join(f"{where}: {words.en}" for where, words in found)
    problem = Problem(422, zh, en)
    problem.errors = found  # type: ignore[attr-defined] # read by respond()
    return problem


def of_database(error: Exception) -> Problem:
    """Return the problem of an error of the database."""
    if isinstance(error, psycopg.errors.QueryCanceled):
        zh, en = (
            "查询时间过长, 已停止; 请缩短时段或减少点位",
            "the query took too long; ask for a shorter period or less",
        )
        return Problem(503, zh, en, headers={"Retry-After": "10"})
    if isinstance(error, psycopg.DataError):
        zh, en = (
            "含有无法存储的字符或过大的数; 请去掉",
            "holds a character or number that cannot be stored; leave it out",
        )
        return InputProblem("request", zh, en)
    if isinstance(error, psycopg.errors.InsufficientPrivilege):
        return Problem(403, "此账号无权查看", "this account may not see that")
    if isinstance(error, psycopg.OperationalError | PoolTimeout):
        zh, en = "数据库暂不可用, 请稍后重试", "the database is away for the moment; try again shortly"
        return Problem(503, zh, en, headers={"Retry-After": "5"})
    return unexpected()


def unexpected() -> Problem:
    """Return the answer for what should not happen; the log has the rest under the request id."""
    return Problem(
        500,
        "服务器内部错误, 已记录; 请将编号告知管理员",
        "something went wrong and has been logged; tell the administrator the request id",
    )


def of_any(error: Exception, request: Request) -> Problem:
    """Return the problem of any error; what nobody expected is logged."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, HTTPException):
        return of_http(error, request)
    if isinstance(error, RequestValidationError):
        return of_validation(error)
    problem = of_database(error) if isinstance(error, psycopg.Error | PoolTimeout) else unexpected()
    if problem.status >= 500:
        _log.error(
            "request_failed",
            request_id=request.scope.get("request_id"),
            path=request.url.path,
            exc_info=error,
        )
    return problem


def install(app: FastAPI) -> None:
    """Answer every error of an application in this shape."""

    def handle(request: Request, error: Exception) -> Response:
        return respond(request, of_any(error, request))

    for kind in (Problem, HTTPException, RequestValidationError, psycopg.Error, PoolTimeout):
        app.add_exception_handler(kind, handle)
