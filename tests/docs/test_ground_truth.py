"""The page of published figures: each row has a kind, and a test that reads the row."""

from pathlib import Path

from worlds.ground_truth import figures

TESTS = Path(__file__).parents[1]
KINDS = {"check", "fitted", "put in", "**miss**"}


def test_each_figure_is_held_by_a_test_that_reads_its_row() -> None:
    rows = figures()
    del rows["Figure"], rows["---"]
    assert len(rows) >= 12
    for row in rows.values():
        assert row.kind in KINDS, row.name
        file = TESTS / row.test.strip("`")
        text = file.read_text(encoding="utf-8") if file.is_file() else ""
        assert f'stated("{row.name}")' in text, row.name
