"""The site with the reference community and a neighbour that has the same keys."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.builders import community, vestfold
from tests.channels.web.site import Site, serving


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with serving(tmp_path, [vestfold()]) as made:
        yield made


@pytest.fixture
async def two_communities(tmp_path: Path) -> AsyncIterator[Site]:
    async with serving(tmp_path, [vestfold(), community(key="nabo", name="Naboen")]) as made:
        yield made


@pytest.fixture
async def outside_dev(tmp_path: Path) -> AsyncIterator[Site]:
    async with serving(tmp_path, [vestfold()], dev=False) as made:
        yield made
