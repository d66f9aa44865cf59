"""The check of heavy tails: the part of a law that the draws of a run cover."""

import math
from collections.abc import Iterator

from relaysim.audit.finding import Finding, Severity
from relaysim.scenario.core_time import Cost
from relaysim.scenario.distribution import Gamma, Law
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import dotted
from relaysim.traffic.quantile_table import kept_mean_square
from relaysim.traffic.service import cv

LOST = 0.01
"""The share of the mean square that draws may miss without a finding."""
_LIGHT = 2.0
"""No law with this cv or less loses that share."""
_COSTS = ("receive_cost", "categorize_cost", "antivirus_cost", "send_cost")


def heavy_tail(scenario: Scenario) -> Iterator[Finding]:
    """The largest values of a law are too rare for the draws of a run."""
    for path, law in _laws(scenario):
        if cv(law) <= _LIGHT:
            continue
        kept = kept_mean_square(law)
        if 1 - kept <= LOST:
            continue
        if math.isfinite(cv(law)):
            lost = (
                f"Draws cover {kept:.1%} of the mean square of this {law.distribution} law. The "
                "rest comes from values that occur about once in 4,294,967,296 draws, so "
                "simulated waits are too short."
            )
        else:
            lost = (
                f"This {law.distribution} law has no finite mean square, so waits that depend on "
                "it have no mean: a sample mean grows with the duration of the run."
            )
        yield Finding(
            Severity.INFO,
            dotted(path),
            lost,
            "Give the law a largest value (a pareto law with maximum) or a smaller cv, or compare "
            "quantiles and on_time.",
        )


def _laws(scenario: Scenario) -> Iterator[tuple[tuple[str, ...], Law]]:
    """Yield each law that a run draws from a table, with its place; sizes and gaps use none."""
    for place, cost in _costs(scenario):
        if cost.cv:
            # Only the cv matters for the share of the mean square; the mean is arbitrary.
            yield (*place, "cv"), Gamma[int](distribution="gamma", mean=1_000_000, cv=cost.cv)
    yield ("mailboxes", "delivery_time"), scenario.mailboxes.delivery_time
    yield ("operations", "repair_time"), scenario.operations.repair_time
    yield ("operations", "ndr_time"), scenario.operations.ndr_time
    for name, destination in scenario.destinations.items():
        for key in ("connect_time", "response_time"):
            yield ("destinations", name, key), getattr(destination, key)
        reputation = destination.reputation
        if reputation is not None and reputation.mitigation_time is not None:
            yield (
                ("destinations", name, "reputation", "mitigation_time"),
                reputation.mitigation_time,
            )
    for name, blocklist in scenario.blocklists.items():
        for key in ("trap_delay", "compromise_time", "delisting_time"):
            law = getattr(blocklist, key)
            if law is not None:
                yield ("blocklists", name, key), law


def _costs(scenario: Scenario) -> Iterator[tuple[tuple[str, ...], Cost]]:
    """Yield each core time with its place: of hubs, and of connectors that have their own."""
    for name, hub in scenario.hubs.items():
        for key in _COSTS:
            yield ("hubs", name, key), getattr(hub, key)
        for title, connector in hub.receive_connectors.items():
            if connector.receive_cost is not None:
                place = ("hubs", name, "receive_connectors", title, "receive_cost")
                yield place, connector.receive_cost
    for name, sender in scenario.send_connectors.items():
        if sender.send_cost is not None:
            yield ("send_connectors", name, "send_cost"), sender.send_cost
