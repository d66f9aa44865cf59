"""Listings: how often and for how long public IPs stood on blocklists."""

import numpy as np

from relaysim.engine.steps import Steps
from relaysim.engine.trace import Trace
from relaysim.measure.window import SECOND, Window

Row = tuple[str, str, str, float]


def listings(trace: Trace, window: Window) -> list[Row]:
    """Rows (scope, subject, metric, value) for each egress and each blocklist.

    `listings` counts those that began in the window; `listed_time` is the time within the window,
    in seconds, in which the IP was on at least one list, or the list had at least one IP.
    """
    start, end = trace.listings["start"], trace.listings["end"]
    end = np.where(end >= 0, end, max(trace.end, window.end))
    rows: list[Row] = []
    for scope, subjects in (("egress", trace.names.egress), ("blocklist", trace.names.blocklists)):
        of = trace.listings[scope]
        for index, subject in enumerate(subjects):
            mine = of == index
            began = int(window.holds(start[mine]).sum())
            listed = Steps.of(start[mine], end[mine]).between(window.start, window.end)
            time = listed.time_where(listed.values > 0)
            rows.append((scope, subject, "listings", float(began)))
            rows.append((scope, subject, "listed_time", time / SECOND))
    return rows
