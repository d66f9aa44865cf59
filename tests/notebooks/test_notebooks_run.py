"""Every notebook runs from a clean kernel, top to bottom, in a little setting, and is solved."""

import re

import pytest
from worlds.lessons import (
    FILES,
    FOLDER,
    QUICK,
    execute,
    parameters,
    read,
    solution,
    validate,
    with_solution,
)


@pytest.mark.filterwarnings("ignore")  # Of the kernel's own machinery, not of ours.
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_notebook_runs_and_the_solution_of_its_exercise_too(file, monkeypatch):
    monkeypatch.setenv("RELAYSIM_STATIC", "1")
    monkeypatch.setenv("LOKY_MAX_CPU_COUNT", "1")  # no processes for a moment's work
    book = read(file)
    (cell,) = parameters(book)
    changed = [f"{name} = {value!r}" for name, value in QUICK[file.stem].items()]
    cell.source = "\n".join([cell.source, *changed])
    # A solution states what it found in assertions, so one that is wrong ends in an error.
    done = execute(with_solution(book, file))
    outputs = [output for cell in done.cells if cell.cell_type == "code" for output in cell.outputs]
    assert outputs
    assert [output for output in outputs if output.output_type == "error"] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_an_exercise_names_its_solution_which_asserts_what_it_finds(file):
    assert f"solutions/{file.stem}.py" in read(file).cells[-1].source
    assert re.search(r"^assert ", solution(file), flags=re.MULTILINE)


def test_all_notebooks_are_here():
    assert sorted(each.stem for each in FOLDER.glob("*.ipynb")) == list(QUICK)
    for file in FILES:
        validate(read(file))
        assert file.stat().st_size < 1_500_000
