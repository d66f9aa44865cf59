"""The check of new IPs: the limits of providers against the rate of a campaign."""

import math
from collections import defaultdict
from collections.abc import Iterator

from relaysim.analysis.mail_paths import paths
from relaysim.analysis.message_rates import campaign
from relaysim.analysis.route_end import is_from_pool, receiver
from relaysim.analysis.sharing import outside
from relaysim.audit.finding import Finding, Severity
from relaysim.mail.provider_state import cold_rate
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import dotted
from relaysim.scenario.reputation import Reputation
from relaysim.scenario.table import DAY, HOUR
from relaysim.units import format_duration
from relaysim.wording import listed, per_time


def cold_egress(scenario: Scenario) -> Iterator[Finding]:
    """A campaign leaves by a new IP, and large providers limit the rate of a new IP.

    The limit of a provider grows with each day with mail from the IP; days without mail are left
    out here. `ip_warm_up` judges an IP with a warm-up plan, where a hub has it from a pool: without
    an older IP beside it the plan does nothing.
    """
    warmed = {(plan.egress, plan.destination) for plan in scenario.warm_up_plans.values()}
    sent: dict[tuple[str, str, str], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    hubs_of: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for path in paths(scenario):
        if campaign(scenario, path.host, path.stream) is not None:
            for route, hop in outside(path):
                name = receiver(scenario, route, hop)
                key = (path.host, path.stream, hop.egress or "")
                # A relay service judges no IP, and receivers behind it know the IP of the service.
                plans = {(hop.egress, None), (hop.egress, name)} & warmed
                if plans and is_from_pool(route, hop):
                    continue
                if name is not None and name in scenario.destinations:
                    sent[key][name] += path.share * route.share / len(route.lasts)
                    hubs_of[key].add(hop.hub)
    for (host, stream, egress), shares in sent.items():
        burst = campaign(scenario, host, stream)
        if burst is None:
            continue
        _, count, rate = burst
        # A campaign shorter than an hour never reaches its rate in an hourly count.
        hourly = min(count, rate * 3600)
        age = scenario.egress[egress].age // DAY
        limits: list[str] = []
        hubs = sorted(hubs_of[host, stream, egress])
        wait, left = 0, 0.0
        length = min(scenario.hubs[hub].message_expiration_timeout for hub in hubs)
        for name, part in shares.items():
            provider = scenario.destinations[name].reputation
            if provider is None:
                continue
            limit = cold_limit(provider, age)
            if limit is None or limit >= hourly * part:
                continue
            limits.append(f"{name} accepts {limit:,} an hour and gets {hourly * part:,.0f}")
            wait = max(wait, _days_until(provider, age, hourly * part))
            left += max(0.0, count * part - _taken(provider, age, length))
        if limits:
            result = (
                f"about {left:,.0f} of the {count:,.0f} messages are not delivered"
                if left >= 1
                else "all messages are delivered, but late"
            )
            yield Finding(
                Severity.WARNING,
                dotted(("egress", egress)),
                f"{egress} is new ({age} d), and {host}.{stream} sends at {per_time(rate)}: "
                f"{listed(limits)}. After {format_duration(length)}, when messages expire at "
                f"{listed(hubs)}, {result}.",
                f"Warm the IP up first ({wait} d, with a little more mail each day), or send the "
                "campaign in small parts over the same time.",
            )


def cold_limit(provider: Reputation, days: int) -> int | None:
    """Return the messages an hour that a provider accepts from an IP after some days; None: all."""
    # Thousandths and messages an hour, as in the plan.
    growth = round(provider.cold_growth * 1000)
    return cold_rate(int(provider.cold_rate * 3600), growth, days)


def _days_until(provider: Reputation, age: int, hourly: float) -> int:
    """Return the days with mail until the provider accepts this hourly rate; at most 365."""
    for wait in range(365):
        limit = cold_limit(provider, age + wait)
        if limit is None or limit >= hourly:
            return wait
    return 365


def _taken(provider: Reputation, age: int, length: int) -> float:
    """Return the largest number of messages that the provider accepts in this time."""
    total = 0.0
    for hour in range(length // HOUR):
        # The limit grows once a day.
        limit = cold_limit(provider, age + hour // 24)
        if limit is None:
            return math.inf
        total += limit
    return total
