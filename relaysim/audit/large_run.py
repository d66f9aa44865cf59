"""The check of runs that take much memory or time."""

from collections.abc import Iterator

from relaysim.analysis.run_size import REMEDY, needs, sizes
from relaysim.audit.finding import Finding, Severity
from relaysim.scenario.model import Scenario

_LARGE = 2e9
"""Bytes of memory from which on a run is worth a word."""
_SLOW = 100.0
"""Seconds on one core from which on a run is worth a word."""


def run_size(scenario: Scenario) -> Iterator[Finding]:
    """The memory and time of a replication, where they are large."""
    found = sizes(scenario)
    worst = next((each for each in found if each.excess), None)
    if worst is not None and worst.excess is not None:
        remedy = REMEDY[worst.what]
        yield Finding(
            Severity.ERROR,
            "run",
            f"{worst.excess[0].upper()}{worst.excess[1:]}.",
            f"{remedy[0].upper()}{remedy[1:]}.",
        )
        return
    memory, seconds = needs({each.what: each.count for each in found})
    if memory > _LARGE or seconds > _SLOW:
        counts = {each.what: each.count for each in found}
        yield Finding(
            Severity.WARNING,
            "run",
            f"A replication has about {counts['messages']:,.0f} messages to "
            f"{counts['recipients']:,.0f} recipients: it takes about {memory / 1e9:.1f} GB of "
            f"memory and {seconds / 60:.0f} min on one core (measured on one machine).",
            "Lower run.duration or run.scale, or the number of parallel runs (--jobs).",
        )
