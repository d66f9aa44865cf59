"""The figures of a result by name: what a notebook and the commands draw."""

from collections.abc import Callable, Mapping
from functools import partial

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
from relaysim.study.replicate import RunResult
from relaysim.study.sensitivity import Sensitivity
from relaysim.study.size import Size
from relaysim.study.sweep import Sweep
from relaysim.study.warm_up import WarmUp

Drawable = RunResult | Comparison | Sweep | Size | Sensitivity | WarmUp | QShape | Transcript
"""Results that have figures."""
Figures = Mapping[str, Callable[[], Sheet]]
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


def figures(result: Drawable) -> Figures:
    """What can be drawn of a result, by name. Each raises NothingToDrawError where it is empty.

    NothingToDrawError at once for designs without a stream in common.
    """
    match result:
        case RunResult():
            return of_run(Story(result))
        case Comparison():
            of = Material(result)
            return {name: partial(draw, of) for name, draw in FIGURES.items()}
        case Sweep():
            return {"sweep": partial(sweep, result)}
        case Size():
            return {"evidence": partial(evidence, result)}
        case Sensitivity():
            return {"tornado": partial(tornado, result)}
        case WarmUp():
            return {"warmup": partial(warmup, result)}
        case Transcript():
            return {"path": partial(path, result)}
        case QShape():
            return {"qshape": partial(qshape, result, result.caption)}


def figure(result: Drawable, name: str) -> Sheet:
    """One figure of a result: a matplotlib figure that a notebook shows.

    ValueError if there is none of that name, with those that there are; NothingToDrawError if it
    would be empty. `design` and `qshape` of a run take the time of one replication.
    """
    draw = look_up(figures(result), name, "a figure")
    with style.paper():
        made = draw()
        style.settle(made)
    return made


def of_run(of: Story) -> Figures:
    """What can be drawn of a run, by name."""
    result, run = of.result, of.result.scenario.run
    name, metrics = result.scenario.name, result.metrics
    return {
        "design": lambda: design(of.picture(), of.caption_of_one),
        "statuses": lambda: statuses(metrics, name, of.caption),
        "queues": lambda: queues(result.series.backlog, metrics, name, run, of.caption_of_means),
        "qshape": lambda: qshape(of.qshape(), of.caption_of_one),
    }
