"""What a search for the warm-up says."""

from rich.console import RenderableType

from relaysim.present.text.caption import origin
from relaysim.present.text.terminal import text
from relaysim.study.warm_up import WarmUp
from relaysim.units import format_duration


def warm_up_text(found: WarmUp) -> list[RenderableType]:
    """All of it, for the terminal."""
    name, run = found.scenario.name, found.scenario.run
    said = {
        "cut": f"{name}: warm-up {format_duration(found.cut)} of {format_duration(run.duration)}",
        "terminating": f"{name}: no warm-up is right",
        "does not settle": f"{name}: no warm-up is found",
    }[found.verdict]
    return [text(f"{said}: {found.reason}.", hanging=4), text(""), text(origin(found.provenance))]
