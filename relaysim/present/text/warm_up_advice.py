"""The text of a search for the warm-up."""

from rich.console import RenderableType

from relaysim.present.text.caption import origin
from relaysim.present.text.terminal import text
from relaysim.study.warm_up import WarmUp
from relaysim.units import format_duration


def warm_up_text(warm_up: WarmUp) -> list[RenderableType]:
    """Return the text for the terminal."""
    name, run = warm_up.scenario.name, warm_up.scenario.run
    sentence = {
        "cut": f"{name}: warm-up {format_duration(warm_up.cut)} of {format_duration(run.duration)}",
        "terminating": f"{name}: no warm-up is right",
        "does not settle": f"{name}: no warm-up is found",
    }[warm_up.verdict]
    return [
        text(f"{sentence}: {warm_up.reason}.", hanging=4),
        text(""),
        text(origin(warm_up.provenance)),
    ]
