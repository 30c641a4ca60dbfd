"""Schemathesis asks every route what its document allows, as several roles: no server error, no answer out of shape."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from smartpark import clock

pytestmark = pytest.mark.integration

_EACH = 4  # cases a route and role; the whole file takes about a minute
_ENDLESS = {"/api/v1/live"}
_CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)
_NOT_OURS = {"POST /api/v1/token", "POST /api/v1/session"}  # slow on purpose; their tests are in test_session


def _operations(document):
    schema = schemathesis.openapi.from_dict(document)
    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.path not in _ENDLESS and operation.label not in _NOT_OURS:
            yield operation


def _answer(asker, call):
    """Send a call; its body is made first, so that files and raw bytes can be told about afterwards."""
    if isinstance(call.get("data"), bytes | str):
        call["content"] = call.pop("data")
    call.pop("cookies")
    request = asker.build_request(**{key: value for key, value in call.items() if value is not None})
    request.read()
    return asker.send(request)


@pytest.mark.parametrize("role", ["admin", "enterprise", "viewer"])
def test_whatever_the_document_allows_is_answered_in_its_shape(document, app, as_role, role):
    house = app.state.house
    asker = as_role(role)
    for operation in _operations(document):

        @settings(
            max_examples=_EACH,
            database=None,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def ask(case):
            headers = {"Authorization": f"Bearer {house.tokens.sign(role, 1, 'bearer', clock.now())}"}
            call = {**case.as_transport_kwargs(base_url="http://testserver"), "cookies": None}
            call["headers"] = {**(call.get("headers") or {}), **headers}
            case.validate_response(_answer(asker, call), checks=_CHECKS)

        given(operation.as_strategy())(ask)()
