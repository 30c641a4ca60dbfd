"""The simulated platform above, for every test of what goes upward."""

from collections.abc import Iterator

import pytest

from simulators.upper import Upper


@pytest.fixture
def upper() -> Iterator[Upper]:
    """Return a platform that listens."""
    platform = Upper()
    platform.start()
    yield platform
    platform.stop()
