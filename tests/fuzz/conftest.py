"""One world for all that is tried in one process."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest
import structlog

from tests.fuzz.world import World


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    from bot.logs import Formatter, without_words
    from tests.conftest import _forget_cached_loggers

    logged = io.StringIO()
    handler = logging.StreamHandler(logged)
    handler.setFormatter(Formatter())
    handler.setLevel(logging.WARNING)
    logging.getLogger().addHandler(handler)
    before = structlog.get_config()
    structlog.configure(
        processors=[without_words, structlog.processors.KeyValueRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.WriteLoggerFactory(logged),
        cache_logger_on_first_use=False,
    )
    _forget_cached_loggers()
    made = World(tmp_path_factory.mktemp("fuzz"), logged)
    made.open()
    yield made
    made.close()
    structlog.configure(**before)
    logging.getLogger().removeHandler(handler)
