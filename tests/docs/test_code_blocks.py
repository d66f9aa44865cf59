"""Every code block of the documentation runs, and prints what stands there."""

from pathlib import Path

import pytest
from worlds.code_blocks import ROOT, Page, agrees, blocks, headings

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
PAGES = [page for page in PAGES if "_build" not in page.parts]


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_the_blocks_of_a_page_run(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOKY_MAX_CPU_COUNT", "1")  # no processes for a moment's work
    monkeypatch.setenv("RELAYSIM_STORE", str(tmp_path / "store"))
    here = Page(page, tmp_path)
    wrong = []
    for block in blocks(here.text):
        try:
            here.run(block)
        except Exception as error:
            wrong.append(f"{page.name}:{block.line}: {type(error).__name__}: {error}")
    assert not wrong, "\n\n".join(wrong)


def test_three_dots_stand_for_any_lines_and_for_nothing_else() -> None:
    assert agrees("a\n...\nd\n", "a\nb\nc\nd\n")
    assert agrees("a\n", "a\n")
    assert not agrees("a\n...\nd\n", "a\nb\nc\n")
    assert not agrees("a\n", "a\nb\n")


def test_headings_are_the_words_above_a_rule() -> None:
    assert headings(f"Title\nclass  on time\n{'-' * 20}\nbulk  3\n") == {"class", "on", "time"}


def test_blocks_are_found_with_their_notes() -> None:
    page = "<!-- file: a.toml -->\n```toml\nx = 1\n```\n\n    relaysim run \\\n        a.toml\n"
    first, second = blocks(page)
    assert (first.line, first.language, first.text) == (2, "toml", "x = 1\n")
    assert first.notes == {"file": "a.toml"}
    assert (second.language, second.text) == ("commands", "relaysim run \\\n    a.toml")
