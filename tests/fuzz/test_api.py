"""The HTTP interface by its own description: whatever is asked, the answer is as described."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import given
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from bot.api import description
from tests.fuzz.amount import cases
from tests.fuzz.world import World

FOUND = schemathesis.openapi.from_dict(description()).get_all_operations()
OPERATIONS = [found.ok() for found in FOUND if isinstance(found, Ok)]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.path)
@cases("api")
@given(data=st.data())
def test_every_answer_is_as_described(world: World, operation: Any, data: st.DataObject) -> None:
    case = data.draw(operation.as_strategy())
    answer = case.call(base_url=world.stage.product.url)
    checks = [not_a_server_error, content_type_conformance, response_schema_conformance]
    case.validate_response(answer, checks=checks)
    assert "Traceback" not in answer.text
