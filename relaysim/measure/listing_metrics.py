"""Listings: whether, how often and for how long IPs and sender domains were on blocklists."""

import numpy as np

from relaysim.measure.measured_window import SECOND, Window
from relaysim.trace.step_function import StepFunction
from relaysim.trace.tables import Trace

Row = tuple[str, str, str, float]


def listings(trace: Trace, window: Window) -> list[Row]:
    """Return the listing metrics of all together, of each IP, sender domain and blocklist.

    Parameters
    ----------
    trace : Trace
        The trace of one run.
    window : Window
        The measured window.

    Returns
    -------
    list of (str, str, str, float)
        Rows (scope, subject, metric, value). `listings` counts listings that began in the window;
        `listing_length` is their mean length, NaN without any, and a listing that has not ended
        counts up to the end of the run. `listed_time` is the time within the window in which the IP
        or domain was on at least one list, or the list had at least one of them.
    """
    start, end = trace.listings["start"], trace.listings["end"]
    # -1: still listed. A run may end before the window does, when no recipient is left.
    end = np.where(end >= 0, end, max(trace.end, window.end))
    rows: list[Row] = []
    for scope, subjects in (
        ("total", ("total",)),
        ("egress", trace.names.egress),
        ("sender_domain", trace.names.registered_domains),
        ("blocklist", trace.names.blocklists),
    ):
        of = np.zeros_like(start) if scope == "total" else trace.listings[scope]
        for index, subject in enumerate(subjects):
            chosen = of == index
            began = window.holds(start[chosen])
            length = (end - start)[chosen][began]
            steps = StepFunction.of(start[chosen], end[chosen]).between(window.start, window.end)
            time = steps.time_where(steps.values > 0)
            values = {
                "listed": float(time > 0),
                "listings": float(began.sum()),
                "listed_time": time / SECOND,
                "listing_length": float(length.mean()) / SECOND if len(length) else np.nan,
            }
            rows += [(scope, subject, name, value) for name, value in values.items()]
    return rows
