"""The check of runs that need much memory or time."""

from collections.abc import Iterator

from relaysim.analysis.run_size import REMEDY, needs, sizes
from relaysim.audit.finding import Finding, Severity
from relaysim.scenario.model import Scenario

_LARGE = 2e9
"""Bytes of memory above which a run makes a warning."""
_SLOW = 100.0
"""Seconds on one core above which a run makes a warning."""


def run_size(scenario: Scenario) -> Iterator[Finding]:
    """A replication needs much memory or time."""
    counted = sizes(scenario)
    worst = next((size for size in counted if size.excess), None)
    if worst is not None and worst.excess is not None:
        remedy = REMEDY[worst.what]
        yield Finding(
            Severity.ERROR,
            "run",
            f"{worst.excess[0].upper()}{worst.excess[1:]}.",
            f"{remedy[0].upper()}{remedy[1:]}.",
        )
        return
    memory, seconds = needs({size.what: size.count for size in counted})
    if memory > _LARGE or seconds > _SLOW:
        counts = {size.what: size.count for size in counted}
        yield Finding(
            Severity.WARNING,
            "run",
            f"A replication has about {counts['messages']:,.0f} messages to "
            f"{counts['recipients']:,.0f} recipients: it needs about {memory / 1e9:.1f} GB of "
            f"memory and {seconds / 60:.0f} min on one core (measured on one machine).",
            "Lower run.duration or run.scale, or the number of parallel runs (--jobs).",
        )
