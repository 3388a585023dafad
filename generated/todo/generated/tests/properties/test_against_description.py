"""Requests made from the description, right and wrong ones: every reply is one that the description names."""

import pytest
import requests
import schemathesis
from hypothesis import given, settings
from schemathesis import Case, GenerationMode, Response
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from support.interface import ROUTES
from support.scenarios import SUCCEEDING
from support.world import World

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@pytest.mark.parametrize("operation", ROUTES)
def test_every_reply_is_described(world: World, operation: str) -> None:
    arrange, _ = SUCCEEDING[operation]
    _, token = arrange(world)
    authorization = {"Authorization": f"Bearer {token}"} if token else {}
    route = ROUTES[operation]
    described = schemathesis.openapi.from_dict(world.app.openapi())[route.path][route.method]
    right, wrong = (described.as_strategy(generation_mode=mode) for mode in GenerationMode)

    @settings(max_examples=8)
    @given(case=right | wrong)
    def reply_is_described(case: Case) -> None:
        request = requests.Request(**case.as_transport_kwargs(base_url="http://service")).prepare()
        headers = {**request.headers, **authorization}
        reply = world.run(world.client.request(request.method, request.url, content=request.body, headers=headers))
        case.validate_response(Response.from_httpx(reply, verify=False), checks=CHECKS)

    reply_is_described()
