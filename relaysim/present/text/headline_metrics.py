"""Headline metrics: those that decide between designs, out of all that are measured."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from relaysim.analysis.listing_sources import listing_possible
from relaysim.present.text.shown_subjects import classes
from relaysim.scenario.arrivals import Campaign
from relaysim.scenario.model import Scenario


class Headline(NamedTuple):
    """A metric that is shown for some subjects of a scope, with its name in a table."""

    metric: str
    text: str
    scope: str
    subjects: tuple[str, ...]

    def says_something(self, row: Mapping[str, Any]) -> bool:
        """Return whether a row of `comparisons` is shown.

        Losses and late hours only if there are any.
        """
        seldom = self.scope == "total" or self.metric == "bad_hour_share"
        return bool(not seldom or row["base_value"] or row["value"])


LOSSES = ("refused", "abandoned", "bounced", "expired", "junked", "suppressed")
ATTEMPTS = "refused_attempts"
NOT_SERVICE = (*LOSSES, ATTEMPTS)
"""Metrics that explain a difference and decide none: `on_time` contains what they cost."""
BLAST = {
    "listed": "chance of a listing",
    "blast_reputation": "harm by reputation",
    "blast_congestion": "harm by congestion",
}


def headlines(
    scenario: Scenario, subjects: Iterable[str], others: Sequence[Scenario] = ()
) -> list[Headline]:
    """Return the metrics by which designs are compared.

    Where a listing can happen in the scenario or in one of the `others`, late days are among them;
    late hours always are. A campaign is judged by the time of its completion. Other mail is judged
    by the busy hours: the p95 of a day does not show half an hour.

    Parameters
    ----------
    scenario : Scenario
        The base.
    subjects : iterable of str
        All subjects of the scope `class`.
    others : sequence of Scenario
        The other designs.
    """
    shown = classes(subjects)
    campaigns = [name for name in shown if name in campaign_classes(scenario)]
    rest = tuple(name for name in shown if name not in campaigns)
    days = any(map(listing_possible, (scenario, *others)))
    results = [
        Headline("on_time", "on time", "class", tuple(shown)),
        *([Headline("bad_day_share", "late days", "class", tuple(shown))] if days else []),
        Headline("bad_hour_share", "late hours", "class", tuple(shown)),
        Headline("latency_p95_busy_hours", "p95 in the busy hours", "class", rest),
        Headline("completion", "campaign complete after", "class", tuple(campaigns)),
        *(Headline(metric, metric, "total", ("total",)) for metric in LOSSES),
        Headline("duplicates", "duplicates", "total", ("total",)),
        Headline(ATTEMPTS, "refused attempts", "total", ("total",)),
        *(Headline(metric, name, "total", ("total",)) for metric, name in BLAST.items()),
    ]
    return [headline for headline in results if headline.subjects]


def campaign_classes(scenario: Scenario) -> set[str]:
    """Return the classes with campaigns only."""
    arrivals: dict[str, list[bool]] = {}
    for host in scenario.hosts.values():
        for stream in host.streams.values():
            arrivals.setdefault(stream.class_, []).append(isinstance(stream.arrivals, Campaign))
    return {name for name, result in arrivals.items() if all(result)}


def deadlines(scenarios: Sequence[Scenario]) -> dict[str, tuple[float, ...]]:
    """Return the deadlines of each class, seconds, shortest first."""
    result: dict[str, set[float]] = {}
    for scenario in scenarios:
        for host in scenario.hosts.values():
            for stream in host.streams.values():
                result.setdefault(stream.class_, set()).add(stream.deadline / 1e6)
    return {name: tuple(sorted(times)) for name, times in result.items()}
