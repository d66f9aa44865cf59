"""The figures: one message each, nothing cut off, axes that say what they are."""

import itertools
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace

import matplotlib as mpl
import pytest
from matplotlib.colors import to_hex
from matplotlib.image import imread
from matplotlib.text import Text
from worlds.drawn import laid_out, letters
from worlds.golden_text import message
from worlds.quantities import quantities
from worlds.small_comparison import COMMAND, comparison
from worlds.small_course import course, thinks

from relaysim.present import figure_registry as figure
from relaysim.present import figures
from relaysim.present.drawing import style
from relaysim.present.figures import Material
from relaysim.present.figures.provider_states import providers

EMPTY = "providers"
"""In the little comparison no provider thinks ill of anybody, so that figure is drawn by hand."""


@pytest.fixture(scope="module")
def drawn():
    """All figures, laid out."""
    result, of = {}, Material(comparison())
    with style.paper():
        for name, draw in figures.FIGURES.items():
            result[name] = opinions(of) if name == EMPTY else draw(of)
            laid_out(result[name])
    return result


def opinions(of):
    """One provider throttles the innocent IP of two designs for an hour."""
    courses = {}
    for design in of.comparison.scenarios[:2]:
        levels = [thinks(3.0, 2), thinks(4.0, 0)]
        courses[design.name] = course(levels=levels, of=design)
    return providers(courses, of.caption_of_one)


def panels(figure):
    return [axes for axes in figure.axes if axes.axison]


def inside(axis, tick):
    """Whether a tick is drawn: it is within the span of its axis."""
    low, high = sorted(axis.get_view_interval())
    return low <= tick.get_loc() <= high


NAMES = list(figures.FIGURES)
KINDS = ("png", "svg")
TWICE = ("latency", "waits", "incident")
"""Figures of lines, of bars and of both; all figures are written by the same function."""

OF_ONE = ("incident", "providers")
"""Figures of one replication."""


def test_there_are_nine():
    assert [
        *("latency", "backlog", "throughput", "waits", "differences"),
        *("blast_radius", "reach", "incident", "providers"),
    ] == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_what_is_written_on_it_of_designs(drawn, name, golden):
    golden(f"figures/{name}", letters(drawn[name]))


@pytest.mark.parametrize("name", NAMES)
def test_a_title_is_a_sentence_about_the_result(drawn, name):
    message = drawn[name].texts[0].get_text()
    assert any(design.name in message.replace("\n", " ") for design in comparison().scenarios)


@pytest.mark.parametrize("name", NAMES)
def test_the_caption_says_where_the_numbers_come_from(drawn, name):
    caption = drawn[name].texts[1].get_text().replace("\n", " ")
    numbers = quantities(caption)
    assert {"1", "2"} <= numbers  # the seed and the replications
    assert ("0" in numbers) == (name in OF_ONE)  # the replication that is drawn
    # Intervals are named where they are drawn.
    assert ("95 %" in numbers) == (name in ("differences", "blast_radius"))
    assert ("97.5 %" in numbers) == (name == "differences")
    assert caption.endswith(COMMAND)


@pytest.mark.parametrize("name", NAMES)
def test_every_panel_says_what_it_shows(drawn, name):
    shown = panels(drawn[name])
    assert any(axes.get_xlabel() for axes in shown)
    if name in ("latency", "backlog", "throughput", "incident"):
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


def test_figures_are_written_twice_with_the_same_bytes(drawn, tmp_path):
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "notes.txt").write_text("mine", encoding="utf-8")
    with style.paper():
        style.write(drawn[EMPTY], tmp_path / "one" / EMPTY)
    text = []
    files = figures.draw(figure.figures(comparison()), tmp_path / "one", text.append)
    again = figures.draw({name: lambda name=name: drawn[name] for name in TWICE}, tmp_path / "two")
    written = [name for name in NAMES if name != EMPTY]
    assert [file.name for file in files] == [f"{n}.{kind}" for n in written for kind in KINDS]
    result = {file.name for file in (tmp_path / "one").iterdir()}
    assert result == {"notes.txt", *(file.name for file in files)}
    (line,) = text
    assert " providers: " in line
    assert len(again) == len(TWICE) * len(KINDS)
    for two in again:
        assert (tmp_path / "one" / two.name).read_bytes() == two.read_bytes()
    for file in files:
        if file.suffix == ".svg":
            assert ET.parse(file).getroot().tag.endswith("svg")
        else:
            assert imread(file).shape[1] == 1200


def test_without_reputation_the_figures_of_it_are_left_out(tmp_path, monkeypatch, golden):
    def unpainted(_, stem):
        """Make the files of a figure without any content."""
        made = [stem.with_suffix(f".{kind}") for kind in KINDS]
        for file in made:
            file.touch()
        return made

    monkeypatch.setattr(style, "write", unpainted)
    result = comparison()
    calm = result.per_replication.assign(value=0.0)
    text = []
    result = replace(result, blast={}, per_replication=calm)
    files = figures.draw(figure.figures(result), tmp_path, text.append)
    assert [file.stem for file in files[::2]] == NAMES[:5]
    assert [line.partition(": ")[0].split()[-1] for line in text] == NAMES[5:]
    golden("figures/no-reputation", message("\n".join(text)))


@pytest.mark.usefixtures("drawn")
def test_matplotlib_is_left_as_it_was():
    assert mpl.rcParams["svg.hashsalt"] is None
    assert "matplotlib.pyplot" not in sys.modules


def test_the_listed_time_is_that_of_the_ips_of_innocent_mail():
    of = Material(comparison())
    printed = [of.listed(design) for design in comparison().scenarios]
    assert all("198.51.100.10" in each for each in printed)
    assert [quantities(each) for each in printed] == [set(), set(), {"7 h"}]
