"""A figure with controls in a notebook with a kernel; the figure alone everywhere else."""

import os
from collections.abc import Callable, Sequence
from typing import Any

QUIET = "RELAYSIM_STATIC"
"""Set while notebooks are executed for others to read: what a page cannot do is left out."""


def interactive(draw: Callable[..., Any], **choices: Sequence[Any]) -> Any:
    """Show what `draw` makes of the first of each of the `choices`, with a slider for each.

    `draw` takes one value of each choice by its name and returns something that a notebook shows,
    such as a figure. A slider redraws when it is let go. Without `ipywidgets`, outside a notebook
    and while `RELAYSIM_STATIC` is set there are no sliders: what is returned is the first drawing.
    """
    first = {name: values[0] for name, values in choices.items()}
    if os.environ.get(QUIET) or not _alive():
        return draw(**first)
    import ipywidgets
    from IPython import display

    show: Callable[..., None] = display.display
    sliders = {
        name: ipywidgets.SelectionSlider(
            options=list(values),
            value=values[0],
            description=name.replace("_", " "),
            continuous_update=False,
            style={"description_width": "initial"},
        )
        for name, values in choices.items()
    }
    shown = ipywidgets.Output()

    def again(_: object = None) -> None:
        with shown:
            shown.clear_output(wait=True)
            show(draw(**{name: slider.value for name, slider in sliders.items()}))

    for slider in sliders.values():
        slider.observe(again, names="value")
    again()
    return ipywidgets.VBox([*sliders.values(), shown])


def _alive() -> bool:
    """Return whether the caller is a notebook with a kernel and widgets."""
    try:
        import ipywidgets  # noqa: F401
        from IPython.core.getipython import get_ipython
    except ImportError:
        return False
    shell = get_ipython()
    return shell is not None and hasattr(shell, "kernel")
