"""The campaigns of a run as text: their dates, and when they are complete."""

import math
from typing import Any

from rich.console import RenderableType

from relaysim.analysis.campaign_dates import campaign_dates
from relaysim.present.text.headline_metrics import campaign_classes
from relaysim.present.text.metric_rows import Lookup, interval_of
from relaysim.present.text.terminal import text
from relaysim.scenario.arrivals import Campaign
from relaysim.study.run_result import RunResult


def campaigns(result: RunResult, measured: Lookup) -> list[RenderableType]:
    """Return the dates of the campaigns of each stream, and when each class is complete.

    Parameters
    ----------
    result : RunResult
        The result of a run.
    measured : Lookup
        Its frame `metrics`.

    Returns
    -------
    list of RenderableType
        Nothing for a run without campaigns.
    """
    scenario, name = result.scenario, result.scenario.name
    lines = [
        text(f"{host}.{short} sends {dates}.")
        for host, table in scenario.hosts.items()
        for short, stream in table.streams.items()
        if isinstance(stream.arrivals, Campaign)
        and (dates := campaign_dates(stream.arrivals, scenario.run))
    ]
    lines += [
        text(f"Campaign {subject}: {sentence}.")
        for subject in sorted(campaign_classes(scenario))
        if (sentence := _complete(measured.row(name, "class", subject, "completion")))
    ]
    return [*lines, text("")] if lines else []


def _complete(row: dict[str, Any] | None) -> str:
    """Return the time at which a campaign is complete; "" if no replication has one."""
    if row is None or math.isnan(row["value"]):
        return ""
    lost, count = int(row["replications_lost"]), int(row["replications"])
    if lost:
        when = (
            "never complete" if lost == count else f"not complete in {lost} of {count} replications"
        )
        return f"{when}: some recipients with a mailbox were not reached"
    return f"complete after {interval_of(row)}"
