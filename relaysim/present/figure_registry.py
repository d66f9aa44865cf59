"""The figures of a result by name, for notebooks and commands."""

from collections.abc import Callable, Mapping
from functools import partial, singledispatch
from typing import Any

from relaysim.mail.spelling import look_up
from relaysim.present.drawing import style
from relaysim.present.drawing.style import Sheet
from relaysim.present.figures import FIGURES, Material
from relaysim.present.figures.design_drawing import design
from relaysim.present.figures.final_status import statuses
from relaysim.present.figures.message_path import path
from relaysim.present.figures.queue_ages import qshape
from relaysim.present.figures.queue_map import queues
from relaysim.present.figures.run_material import Story
from relaysim.present.figures.size_evidence import evidence
from relaysim.present.figures.sweep_curves import sweep
from relaysim.present.figures.tornado import tornado
from relaysim.present.figures.warm_up_curve import warmup
from relaysim.present.text.queue_table import QShape
from relaysim.study.compare import Comparison
from relaysim.study.message_trace import Transcript
from relaysim.study.run_result import RunResult
from relaysim.study.sensitivity import Sensitivity
from relaysim.study.size import Size
from relaysim.study.sweep import Sweep
from relaysim.study.warm_up import WarmUp

Figures = Mapping[str, Callable[[], Sheet]]
"""What draws each figure, by its name."""
NAMES: Mapping[str, tuple[str, ...]] = {
    "run": ("design", "statuses", "queues", "qshape"),
    "compare": tuple(FIGURES),
    "sweep": ("sweep",),
    "size": ("evidence",),
    "sensitivity": ("tornado",),
    "warmup": ("warmup",),
    "trace": ("path",),
    "qshape": ("qshape",),
}
"""The names of the figures that each command draws."""


@singledispatch
def figures(result: object) -> Figures:
    """Return what draws each figure of a result, by its name.

    Parameters
    ----------
    result
        A run, a comparison, a sweep, a size, a sensitivity, a warm-up, a transcript or a qshape.

    Raises
    ------
    TypeError
        If results of its kind have no figures.
    NothingToDrawError
        For designs without a stream in common; each figure raises it where it would be empty.
    """
    raise TypeError(f"a {type(result).__name__} has no figures")


@figures.register
def _of_run(result: RunResult) -> Figures:
    return of_run(Story(result))


@figures.register
def _of_comparison(result: Comparison) -> Figures:
    material = Material(result)
    return {name: partial(draw, material) for name, draw in FIGURES.items()}


def _only(name: str, draw: Callable[[Any], Sheet]) -> Callable[[Any], Figures]:
    """Return the figures of a kind of result that has one."""
    return lambda result: {name: partial(draw, result)}


figures.register(Sweep, _only("sweep", sweep))
figures.register(Size, _only("evidence", evidence))
figures.register(Sensitivity, _only("tornado", tornado))
figures.register(WarmUp, _only("warmup", warmup))
figures.register(Transcript, _only("path", path))
figures.register(QShape, _only("qshape", lambda result: qshape(result, result.caption)))


def figure(result: object, name: str) -> Sheet:
    """Return one figure of a result: a matplotlib figure that a notebook shows.

    `design` and `qshape` of a run take the time of one replication.

    Parameters
    ----------
    result : RunResult, Comparison, ...
        The result of a study.
    name : str
        The name of the figure.

    Raises
    ------
    ValueError
        If there is no figure of that name; the message has the names.
    NothingToDrawError
        If the figure would be empty.
    """
    draw = look_up(figures(result), name, "a figure")
    with style.paper():
        made = draw()
        style.settle(made)
    return made


def of_run(of: Story) -> Figures:
    """Return the figures of a run, by name."""
    result, scenario = of.result, of.result.scenario
    name, metrics = scenario.name, result.metrics
    return {
        "design": lambda: design(of.picture(), of.caption_of_one),
        "statuses": lambda: statuses(metrics, name, of.caption),
        "queues": lambda: queues(result.series.backlog, metrics, scenario, of.caption_of_means),
        "qshape": lambda: qshape(of.qshape(), of.caption_of_one),
    }
