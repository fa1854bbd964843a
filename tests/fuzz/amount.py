"""How much is tried: a little and always the same in `make test`, twenty thousand cases and more in `make fuzz`."""

from __future__ import annotations

import os
from collections.abc import Mapping

from hypothesis import HealthCheck, settings

NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
NIGHT = 42
TIMES = NIGHT if NIGHTLY else 1

CASES: Mapping[str, int] = {
    "api": 12,  # for each of its operations
    "routes": 100,
    "activities": 100,
    "buttons": 90,
    "forms": 70,
    "uploads": 30,
    "slack": 60,
    "plans": 50,
    "communities": 40,
}


def cases(name: str) -> settings:
    return settings(
        max_examples=CASES[name] * TIMES,
        deadline=None,
        derandomize=not NIGHTLY,
        suppress_health_check=list(HealthCheck),
        print_blob=NIGHTLY,
    )
