"""Golden texts: what relaysim writes for people, one file for each check, reply, report and table.

`pytest --force-regen` writes the files anew; the diff is then read and committed.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_regressions.file_regression import FileRegressionFixture

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture
def golden(file_regression: FileRegressionFixture) -> Callable[[str, str], None]:
    """Compare a text with the file of that name, such as `checks/open_relay`."""

    def check(name: str, text: str) -> None:
        file_regression.check(text, fullpath=GOLDEN / f"{name}.txt")

    return check
