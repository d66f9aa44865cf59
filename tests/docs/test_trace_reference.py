"""The reference of the record has every table and column, and says what each special value means."""

import sys
from dataclasses import fields
from pathlib import Path

import pytest

from relaysim.trace.record import TABLES, specs
from relaysim.trace.tables import Action, Cause, Level, Signal, Status, Trace, Visit

sys.path.insert(0, str(Path(__file__).parents[2] / "docs" / "_ext"))

from reference import TOPICS

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "reference" / "trace.md").read_text(encoding="utf-8")


def test_the_page_is_made_of_the_declared_tables() -> None:
    assert "```{relaysim} trace\n```" in PAGE
    text = TOPICS["trace"]()
    for name, table in TABLES.items():
        section = text.partition(f"## `{name}`\n")[2].partition("\n## ")[0]
        rows = [line for line in section.splitlines() if line.startswith("| `")]
        assert [row.split("`")[1] for row in rows] == [column for column, _ in specs(table)]


def test_the_trace_has_the_declared_tables() -> None:
    declared = tuple(TABLES)
    assert declared == Trace.TABLES
    assert declared == tuple(field.name for field in fields(Trace))[2:]


@pytest.mark.parametrize("name", TABLES)
def test_every_column_has_a_meaning(name: str) -> None:
    for _, spec in specs(TABLES[name]):
        assert spec.meaning
        assert spec.kind.text


@pytest.mark.parametrize("name", TABLES)
def test_a_default_of_minus_one_has_a_meaning(name: str) -> None:
    for column, spec in specs(TABLES[name]):
        if spec.default == -1:
            assert -1 in dict(spec.sentinels), column


@pytest.mark.parametrize("members", [Status, Visit, Level, Cause, Signal, Action])
def test_every_member_has_a_meaning(members: type[Status]) -> None:
    assert [int(member) for member in members] == list(range(len(members)))
    assert all(member.meaning for member in members)
