"""One sentence instead of empty tables, if no message was created."""

from collections.abc import Sequence

from relaysim.present.text.metric_rows import Lookup
from relaysim.scenario.model import Scenario
from relaysim.units import format_duration


def no_mail(measured: Lookup, designs: Sequence[Scenario]) -> str | None:
    """Return the sentence that says so; None where a design has mail.

    Parameters
    ----------
    measured : Lookup
        The frame `metrics` of a run or a comparison.
    designs : sequence of Scenario
        The designs, which have the same duration.
    """
    if any(measured.value(design.name, "total", "total", "created") != 0.0 for design in designs):
        return None
    run = designs[0].run
    counted = format_duration(run.duration - run.warm_up)
    warm = " after the warm-up" if run.warm_up else ""
    return (
        f"No mail was created in the {counted}{warm} that are counted, so there is nothing to "
        "show: raise run.duration, run.scale or the rates of the streams."
    )
