"""Programs that some tests need and a laptop may lack: without one its tests are skipped, but never in continuous integration."""

from __future__ import annotations

import os

import pytest

NEVER_SKIP = "KG_TESTS_NEVER_SKIP"
"""Environment variable that continuous integration sets: a test that would be skipped for want of a program fails instead."""


def requires(found: object, reason: str) -> pytest.MarkDecorator:
    """A mark for tests that need what `found` is (a path, a flag): skipped with `reason` where it is false or None.

    Where NEVER_SKIP is set the whole run fails at collection, naming what is missing.
    """
    if not found and os.environ.get(NEVER_SKIP):
        pytest.fail(f"{reason}, and {NEVER_SKIP} is set", pytrace=False)
    return pytest.mark.skipif(not found, reason=reason)
