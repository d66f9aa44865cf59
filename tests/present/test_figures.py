"""The five figures: one message each, nothing cut off, axes that say what they are."""

import itertools
import sys
import xml.etree.ElementTree as ET

import matplotlib as mpl
import pytest
from matplotlib.colors import to_hex
from matplotlib.image import imread
from matplotlib.text import Text
from small_comparison import COMMAND, comparison

from relaysim.present import figures
from relaysim.present.figures import style


@pytest.fixture(scope="module")
def drawn():
    """All figures, laid out."""
    found = {}
    with style.paper():
        for name, draw in figures.FIGURES.items():
            found[name] = draw(comparison())
            style.settle(found[name])
    return found


def panels(figure):
    return [axes for axes in figure.axes if axes.axison]


def inside(axis, tick):
    """Whether a tick is drawn: it is within the span of its axis."""
    low, high = sorted(axis.get_view_interval())
    return low <= tick.get_loc() <= high


NAMES = list(figures.FIGURES)


def test_there_are_five():
    assert NAMES == ["latency", "backlog", "throughput", "waits", "differences"]


@pytest.mark.parametrize("name", NAMES)
def test_a_title_is_a_sentence_about_the_result(drawn, name):
    message = drawn[name].texts[0].get_text()
    assert any(design.name in message.replace("\n", " ") for design in comparison().scenarios)


@pytest.mark.parametrize("name", NAMES)
def test_the_caption_says_where_the_numbers_come_from(drawn, name):
    caption = drawn[name].texts[1].get_text().replace("\n", " ")
    assert caption.startswith("seed 1; 2 replications with 95 % intervals; plan shared-hub ")
    assert caption.endswith(f"made by: {COMMAND}")


@pytest.mark.parametrize("name", NAMES)
def test_every_panel_says_what_it_shows(drawn, name):
    shown = panels(drawn[name])
    assert any(axes.get_xlabel() for axes in shown)
    if name in ("latency", "backlog", "throughput"):
        assert any(axes.get_ylabel() for axes in shown)
    if name != "backlog":
        assert all(axes.get_title("left") for axes in shown)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_cut_off(drawn, name):
    figure = drawn[name]
    width, height = figure.get_size_inches() * figure.dpi
    unseen = {
        id(tick.label1)
        for axes in figure.axes
        for axis in (axes.xaxis, axes.yaxis)
        for tick in axis.get_major_ticks()
        if not inside(axis, tick)
    }
    for text in figure.findobj(match=Text):
        if id(text) not in unseen and text.get_visible() and text.get_text().strip():
            box = text.get_window_extent()
            assert box.x0 >= 0, text
            assert box.y0 >= 0, text
            assert box.x1 <= width, text
            assert box.y1 <= height, text


@pytest.mark.parametrize("name", NAMES)
def test_the_letters_along_an_axis_do_not_overlap(drawn, name):
    for axes in panels(drawn[name]):
        ticks = [tick for tick in axes.xaxis.get_major_ticks() if inside(axes.xaxis, tick)]
        labels = [tick.label1 for tick in ticks if tick.label1.get_visible()]
        boxes = sorted((label.get_window_extent() for label in labels), key=lambda box: box.x0)
        for one, other in itertools.pairwise(boxes):
            assert one.x1 <= other.x0, labels


@pytest.mark.parametrize("name", ["latency", "throughput"])
def test_a_design_has_its_own_colour_and_dashes_in_every_panel(drawn, name):
    looks = style.looks([design.name for design in comparison().scenarios])
    expected = {to_hex(look.colour) for look in looks.values()}
    assert len({look.dashes for look in looks.values()}) == len(looks)
    for axes in panels(drawn[name]):
        lines = [to_hex(line.get_color()) for line in axes.lines]
        lines += [to_hex(patch.get_edgecolor()) for patch in axes.patches]
        assert expected <= set(lines)


def test_figures_are_written_twice_with_the_same_bytes(tmp_path):
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "notes.txt").write_text("mine")
    files = figures.write(comparison(), tmp_path / "one")
    again = figures.write(comparison(), tmp_path / "two")
    kinds = ("png", "svg")
    assert [file.name for file in files] == [f"{name}.{kind}" for name in NAMES for kind in kinds]
    found = {file.name for file in (tmp_path / "one").iterdir()}
    assert found == {"notes.txt", *(file.name for file in files)}
    for one, two in zip(files, again, strict=True):
        assert one.read_bytes() == two.read_bytes()
    for file in files:
        if file.suffix == ".svg":
            assert ET.parse(file).getroot().tag.endswith("svg")
        else:
            assert imread(file).shape[1] == 1200


@pytest.mark.usefixtures("drawn")
def test_matplotlib_is_left_as_it_was():
    assert mpl.rcParams["svg.hashsalt"] is None
    assert "matplotlib.pyplot" not in sys.modules
