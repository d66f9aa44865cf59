"""Figures replace and remove only files that relaysim drew."""

from pathlib import Path

import pytest
from matplotlib.figure import Figure
from worlds.small_comparison import comparison

from relaysim.present import figure_registry as figure
from relaysim.present import figures
from relaysim.present.drawing.style import Sheet, sheet
from relaysim.present.figures import ForeignFileError, NothingToDrawError, draw
from relaysim.study.execution.figure_mark import has_mark

FOREIGN = b"mine"


def drawn() -> Sheet:
    return sheet(1, 1, "A title", "a caption")[0]


def empty() -> Sheet:
    raise NothingToDrawError("there is nothing")


def test_a_figure_of_relaysim_is_replaced_and_removed(tmp_path: Path) -> None:
    files = draw({"queues": drawn}, tmp_path)
    assert [has_mark(file) for file in files] == [True, True]
    before = [file.read_bytes() for file in files]
    assert [file.read_bytes() for file in draw({"queues": drawn}, tmp_path)] == before
    draw({"queues": empty}, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("make", [drawn, empty])
@pytest.mark.parametrize("kind", ["png", "svg"])
def test_another_file_is_neither_overwritten_nor_removed(tmp_path: Path, make, kind: str) -> None:
    file = tmp_path / f"queues.{kind}"
    file.write_bytes(FOREIGN)
    with pytest.raises(ForeignFileError, match=rf"queues\.{kind} "):
        draw({"statuses": drawn, "queues": make}, tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == [file.name]
    assert file.read_bytes() == FOREIGN


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_a_figure_of_another_program_is_not_relaysims(tmp_path: Path, kind: str) -> None:
    Figure().savefig(tmp_path / f"queues.{kind}")
    with pytest.raises(ForeignFileError):
        draw({"queues": drawn}, tmp_path)


@pytest.mark.parametrize("to", ["elsewhere.png", "nowhere.png", "."])
def test_a_link_or_a_directory_is_no_figure(tmp_path: Path, to: str) -> None:
    draw({"elsewhere": drawn}, tmp_path)
    (tmp_path / "queues.png").symlink_to(to)
    with pytest.raises(ForeignFileError):
        draw({"queues": drawn}, tmp_path)
    assert (tmp_path / "queues.png").is_symlink()


def test_the_names_of_a_command_are_those_that_it_draws() -> None:
    assert figure.NAMES["compare"] == tuple(figure.figures(comparison()))
    run = comparison().run(comparison().scenarios[0].name)
    assert figure.NAMES["run"] == tuple(figure.figures(run))
    assert set(figures.FIGURES) == set(figure.NAMES["compare"])
