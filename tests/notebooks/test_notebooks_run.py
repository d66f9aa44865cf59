"""Every notebook runs from a clean kernel, top to bottom, in a little setting."""

import nbformat
import pytest
from lessons import FILES, FOLDER, QUICK, execute, parameters, read


@pytest.mark.filterwarnings("ignore")  # Of the kernel's own machinery, not of ours.
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_notebook_runs(file, monkeypatch):
    monkeypatch.setenv("RELAYSIM_STATIC", "1")
    book = read(file)
    (cell,) = parameters(book)
    changed = [f"{name} = {value!r}" for name, value in QUICK[file.stem].items()]
    cell.source = "\n".join([cell.source, *changed])
    done = execute(book)
    outputs = [output for cell in done.cells if cell.cell_type == "code" for output in cell.outputs]
    assert outputs
    assert [output for output in outputs if output.output_type == "error"] == []


def test_all_notebooks_are_here():
    assert sorted(each.stem for each in FOLDER.glob("*.ipynb")) == list(QUICK)
    for file in FILES:
        nbformat.validate(read(file))
        assert file.stat().st_size < 1_500_000
