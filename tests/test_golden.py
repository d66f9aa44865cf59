"""Golden files: each is compared with by some test, and so is each section."""

import re
from pathlib import Path

import pytest
from worlds import golden_sections

TESTS = Path(__file__).parent
GOLDEN = TESTS / "golden"
CODE = "\n".join(path.read_text(encoding="utf-8") for path in TESTS.rglob("test_*.py"))
SECTIONS = [
    (file.relative_to(GOLDEN).as_posix(), title)
    for file in sorted(GOLDEN.rglob("*.txt"))
    for title in golden_sections.read(file)
]


def test_each_folder_of_golden_files_is_named_by_a_test() -> None:
    folders = {path.parent.relative_to(GOLDEN) for path in GOLDEN.rglob("*.txt")}
    assert {folder for folder in folders if f'"{folder}/' not in CODE} == set()


def test_each_section_is_that_of_a_test(request: pytest.FixtureRequest) -> None:
    """Of a test with parameters, each section is that of one of them."""
    functions = set(re.findall(r"^def (test_\w+)", CODE, re.MULTILINE))
    assert [each for each in SECTIONS if each[1].partition("[")[0] not in functions] == []
    collected = {item.name for item in request.session.items}
    here = {name.partition("[")[0] for name in collected}
    assert [
        each for each in SECTIONS if each[1].partition("[")[0] in here and each[1] not in collected
    ] == []


def test_sections_are_kept_beside_each_other(tmp_path: Path) -> None:
    file = tmp_path / "checks" / "open_relay.txt"
    golden_sections.write(file, "test_b", "two\n\nlines\n")
    golden_sections.write(file, "test_a[x y]", "")
    golden_sections.write(file, "test_b", "## no title\n  three")
    assert golden_sections.read(file) == {"test_a[x y]": "", "test_b": "## no title\n  three"}
    assert file.read_text(encoding="utf-8") == (
        "## test_a[x y]\n\n\n## test_b\n## no title\n  three\n"
    )
