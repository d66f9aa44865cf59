"""Sliders where a notebook is alive, the first drawing everywhere else."""

from types import SimpleNamespace

import pytest

from relaysim.present import notebook_controls as module
from relaysim.present.notebook_controls import interactive


def drawn(load, cores=1):
    return f"load {load}, cores {cores}"


def test_outside_a_notebook_the_first_choices_are_drawn():
    assert interactive(drawn, load=[0.8, 0.9], cores=[4, 8]) == "load 0.8, cores 4"


@pytest.mark.filterwarnings("ignore")  # Of the widgets' own machinery.
def test_a_slider_redraws_when_it_is_moved(monkeypatch):
    widgets = pytest.importorskip("ipywidgets")
    seen = []
    monkeypatch.setattr("IPython.core.getipython.get_ipython", lambda: SimpleNamespace(kernel=1))
    box = interactive(lambda load: seen.append(load), load=[0.8, 0.9])
    assert isinstance(box, widgets.VBox)
    slider = box.children[0]
    assert slider.options == (0.8, 0.9)
    assert slider.continuous_update is False
    slider.value = 0.9
    assert seen == [0.8, 0.9]


@pytest.mark.filterwarnings("ignore")
def test_while_a_page_is_made_nothing_moves(monkeypatch):
    monkeypatch.setattr("IPython.core.getipython.get_ipython", lambda: SimpleNamespace(kernel=1))
    monkeypatch.setenv(module.QUIET, "1")
    assert interactive(drawn, load=[0.5]) == "load 0.5, cores 1"
