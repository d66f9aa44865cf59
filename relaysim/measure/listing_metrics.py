"""Listings: whether, how often and for how long public IPs stood on blocklists."""

import numpy as np

from relaysim.measure.measured_window import SECOND, Window
from relaysim.trace.step_function import StepFunction
from relaysim.trace.tables import Trace

Row = tuple[str, str, str, float]


def listings(trace: Trace, window: Window) -> list[Row]:
    """Rows (scope, subject, metric, value) for all IPs together, each IP and each blocklist.

    `listings` counts those that began in the window, `listing_length` is their mean length, NaN if
    there is none; what is still on counts up to the end of the run. `listed_time` is the time
    within the window in which the IP was on at least one list, or the list had at least one IP.
    """
    start, end = trace.listings["start"], trace.listings["end"]
    end = np.where(end >= 0, end, max(trace.end, window.end))
    rows: list[Row] = []
    for scope, subjects in (
        ("total", ("total",)),
        ("egress", trace.names.egress),
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
