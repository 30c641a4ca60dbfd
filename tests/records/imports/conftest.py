"""The park that files are imported into, and the mapping of a wide one."""

import pytest

from tests.records.imports.file_park import WIDE, build, write


@pytest.fixture
def park(conn):
    build(conn)
    return conn


@pytest.fixture
def wide(tmp_path):
    return write(tmp_path, "m.yaml", WIDE)
