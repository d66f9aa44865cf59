"""Golden texts: what relaysim writes for people, one file for each check, reply, report and table.

`pytest --force-regen` writes the files anew; the diff is then read and committed.
"""

import gc
from pathlib import Path

import pytest
from pytest_regressions.file_regression import FileRegressionFixture
from worlds import golden_sections
from worlds.golden_sections import Golden, Wording

from relaysim.audit import Finding

GOLDEN = Path(__file__).parent / "golden"

# A search for garbage would look through the thousands of collected tests each time.
gc.disable()


def pytest_collection_finish() -> None:
    """Leave the collected tests out of each later search for garbage."""
    gc.collect()
    gc.freeze()
    gc.enable()


@pytest.fixture
def anew(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are written anew; the test then goes on, to write all that it has."""
    config = request.config
    return bool(config.getoption("force_regen") or config.getoption("regen_all"))


@pytest.fixture
def golden(file_regression: FileRegressionFixture, anew: bool) -> Golden:
    """Compare a text with the file of that name, such as `checks/open_relay`."""

    def check(name: str, text: str) -> None:
        file = GOLDEN / f"{name}.txt"
        lines = text.rstrip("\n") + "\n"
        if anew:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(lines, encoding="utf-8", newline="\n")
        file_regression.check(lines, encoding="utf-8", newline="\n", fullpath=file)

    return check


@pytest.fixture
def golden_section(request: pytest.FixtureRequest, anew: bool) -> Golden:
    """Compare a text with the section of a file that has the name of the test as its title.

    So the tests of one check, each with a scenario of its own, share one golden file.
    """
    title = request.node.name
    names: set[str] = set()

    def check(name: str, text: str) -> None:
        assert name not in names, f"a test has one section in {name}: put its texts together"
        names.add(name)
        file = GOLDEN / f"{name}.txt"
        if anew:
            golden_sections.write(file, title, text)
        expected = golden_sections.read(file).get(title, "")
        assert text == expected, f"{file} has other words: --force-regen writes it anew"

    return check


@pytest.fixture
def wording(golden_section: Golden) -> Wording:
    """Compare findings of one check with the golden file of this check."""

    def check(*findings: Finding) -> None:
        (name,) = {finding.check for finding in findings}
        golden_section(f"checks/{name}", "\n\n".join(map(_text, findings)))

    return check


def _text(finding: Finding) -> str:
    lines = [
        f"{finding.severity}: {finding.place}",
        f"reason: {finding.reason}",
        f"fix: {finding.fix}",
        *(f"command: {line}" for line in (finding.command or "").splitlines()),
    ]
    return "\n".join(lines)
