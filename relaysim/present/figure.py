"""The figures of a result by name: what a notebook and the commands draw."""

from collections.abc import Callable, Mapping
from functools import partial

from relaysim.mail.spelling import look_up
from relaysim.present.figures import FIGURES, Material, style
from relaysim.present.figures.style import Sheet
from relaysim.present.figures.tornado import tornado
from relaysim.present.figures.warmup import warmup
from relaysim.study.compare import Comparison
from relaysim.study.sensitivity import Sensitivity
from relaysim.study.warmup import WarmUp

Drawable = Comparison | Sensitivity | WarmUp
"""Results that have figures."""


def figures(result: Drawable) -> Mapping[str, Callable[[], Sheet]]:
    """What can be drawn of a result, by name. Each raises NothingToDrawError where it is empty."""
    match result:
        case Comparison():
            of = Material(result)
            return {name: partial(draw, of) for name, draw in FIGURES.items()}
        case Sensitivity():
            return {"tornado": partial(tornado, result)}
        case WarmUp():
            return {"warmup": partial(warmup, result)}


def figure(result: Drawable, name: str) -> Sheet:
    """One figure of a result: a matplotlib figure that a notebook shows.

    ValueError if there is none of that name, with those that there are; NothingToDrawError if it
    would be empty.
    """
    draw = look_up(figures(result), name, "a figure")
    with style.paper():
        made = draw()
        style.settle(made)
    return made
