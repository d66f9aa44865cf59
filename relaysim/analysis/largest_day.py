"""The 24 hours of a run in which some streams together send most."""

from collections.abc import Collection, Mapping

import numpy as np

from relaysim.analysis.message_rates import Floats, edges
from relaysim.scenario.model import Run
from relaysim.scenario.table import DAY


def largest_day(
    run: Run, courses: Mapping[str, Floats], sending: Collection[str] | None = None
) -> dict[str, float]:
    """Return what some streams send in the 24 hours in which they together send most.

    Parameters
    ----------
    run : Run
        The run.
    courses : mapping of str to numpy array of float
        What each has sent until each hour, as `messages_until` returns it.
    sending : collection of str, optional
        Only 24 hours in which one of these streams sends something count. Default: all.

    Returns
    -------
    dict of str to float
        The part of each in those 24 hours, or in the whole run if it is shorter; streams with none
        are left out.

    Notes
    -----
    The mail of each hour is taken as spread evenly over it, so that the largest difference over 24
    hours begins or ends at an hour. What two campaigns have in common of 24 hours is exact to an
    hour.
    """
    hours = edges(run)
    starts = np.unique(np.clip(np.concatenate((hours, hours - DAY)), 0, None))
    parts = {
        name: np.interp(starts + DAY, hours, course) - np.interp(starts, hours, course)
        for name, course in courses.items()
    }
    none = np.zeros(len(starts))
    counts = sum((parts[name] for name in courses if sending is None or name in sending), none) > 0
    at = int(np.argmax(np.where(counts, sum(parts.values(), none), 0.0)))
    return {name: float(part[at]) for name, part in parts.items() if counts[at] and part[at] > 0}
