"""Golden files: each is compared with by some test."""

from pathlib import Path

TESTS = Path(__file__).parent
GOLDEN = TESTS / "golden"


def test_each_folder_of_golden_files_is_named_by_a_test() -> None:
    code = "\n".join(path.read_text() for path in TESTS.rglob("test_*.py"))
    folders = {path.parent.relative_to(GOLDEN) for path in GOLDEN.rglob("*.txt")}
    assert {folder for folder in folders if f'"{folder}/' not in code} == set()
