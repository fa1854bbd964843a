"""Microsoft's sign-in beside the product in earnest."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.microsoft_double import Microsoft, serving_microsoft


@pytest.fixture
async def microsoft() -> AsyncIterator[Microsoft]:
    async with serving_microsoft() as made:
        yield made
