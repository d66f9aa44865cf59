"""Lessons open with a question, close with an exercise, and say no number that no cell prints."""

import re

import pytest
from worlds.lessons import FILES, QUICK, parameters, read

NUMBER = re.compile(r"\d[\d.,]*\d|\d")
NOT_PROSE = (r"```.*?```", r"`[^`]*`", r"\]\([^)]*\)", r"^\s*\d+\. ", r"^# \d\d ", r"\bRFC \d+\b")
"""What holds no number of a result: code, addresses of links, marks of lists, the lesson's number."""
PRODUCTS = (
    r"Exchange 20\d\d(?: and 20\d\d| SP\d)?",
    r"\bport \d+\b",
    r"\bM/M/[1-9c]\b",
    r"\bp\d\d\b",
)
ABSOLUTE = re.compile(r"(?<![\w.:/<])/(?:[\w.-]+/){2,}")
"""A path from the root: a page that shows one depends on the machine that made it."""
WORDS = (
    "eleven",
    "twelve",
    "fifteen",
    "twenty",
    "thirty",
    "forty",
    "fifty",
    "sixty",
    "hundred",
    "thousand",
)


def prose(text):
    for pattern in (*NOT_PROSE, *PRODUCTS):
        text = re.sub(pattern, " ", text, flags=re.DOTALL | re.MULTILINE)
    return text


def printed(cell):
    """All that a code cell shows, and its source, as text."""
    parts = []
    for output in cell.outputs:
        if output.output_type == "stream":
            parts.append(output.text)
        parts += [str(value) for kind, value in output.get("data", {}).items() if "text/" in kind]
    return "\n".join([cell.source, *parts])


def beside(book, at):
    """What the nearest code cells before and after a cell print."""
    codes = [i for i, cell in enumerate(book.cells) if cell.cell_type == "code"]
    near = [
        max((i for i in codes if i < at), default=None),
        min((i for i in codes if i > at), default=None),
    ]
    return "\n".join(printed(book.cells[i]) for i in near if i is not None)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_prose_says_no_number_that_no_cell_beside_it_prints(file):
    book = read(file)
    wrong = []
    for at, cell in enumerate(book.cells):
        if cell.cell_type != "markdown":
            continue
        text, shown = prose(cell.source), beside(book, at)
        wrong += [(cell.id, result) for result in NUMBER.findall(text) if result not in shown]
        wrong += [(cell.id, word) for word in WORDS if re.search(rf"\b{word}\b", text)]
    assert wrong == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_lesson_opens_with_a_question_and_closes_with_an_exercise(file):
    book = read(file)
    first, last = book.cells[0], book.cells[-1]
    assert first.source.startswith(f"# {file.stem[:2]} ")
    assert "?" in first.source
    assert last.source.startswith("## Exercise")
    assert "Hint" in last.source or "hint" in last.source


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_lesson_has_one_parameters_cell_and_is_committed_with_its_outputs(file):
    book = read(file)
    (cell,) = parameters(book)
    names = set(re.findall(r"^([A-Z_]+) =", cell.source, flags=re.MULTILINE))
    assert set(QUICK[file.stem]) <= names
    codes = [each for each in book.cells if each.cell_type == "code"]
    assert all(each.execution_count for each in codes)
    assert sum(bool(each.outputs) for each in codes) >= 5
    assert all("execution" not in each.metadata for each in book.cells)
    shown = "\n".join(map(printed, codes))
    assert ABSOLUTE.findall(shown) == []
    assert "0x7f" not in shown


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_what_a_table_rests_on_is_printed_with_it(file):
    for cell in read(file).cells:
        kinds = {kind for each in cell.get("outputs", ()) for kind in each.get("data", {})}
        if "text/html" in kinds:
            text = "".join(each.text for each in cell.outputs if each.output_type == "stream")
            assert re.search(r"\bseed \d+; \d+ replications?\b", text), cell.id
