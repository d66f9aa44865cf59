"""The check of warm-up plans: how much of a campaign a new IP takes, and what providers accept."""

from collections.abc import Iterator
from dataclasses import dataclass

from relaysim.analysis.mail_paths import paths, receiver
from relaysim.analysis.message_rates import campaign
from relaysim.analysis.run_size import mean_recipients
from relaysim.analysis.sharing import outside
from relaysim.audit.finding import Finding, Severity
from relaysim.audit.new_ip import cold_limit
from relaysim.plan.names import stream_name
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import dotted
from relaysim.scenario.table import DAY
from relaysim.scenario.warm_up_plan import WarmUpPlan
from relaysim.wording import listed, share

_SHOWN = 4
"""The first steps of a plan that a finding has, before the last one."""


@dataclass
class _Campaign:
    """The recipients of a campaign by an IP, by destination, and all that the plan could limit."""

    of_ip: dict[str, float]
    in_all: float
    seconds: float

    @property
    def most(self) -> float:
        """The recipients that the IP takes without a limit."""
        return sum(self.of_ip.values())


def ip_warm_up(scenario: Scenario) -> Iterator[Finding]:
    """The share of a campaign that a new IP takes on each day of its warm-up plan.

    A warning where the volume of a day is above what a provider accepts from the IP in an hour and
    the campaign sends it within the hour.
    """
    for name, plan in scenario.warm_up_plans.items():
        for host, model in scenario.hosts.items():
            for stream in model.streams:
                sent = _campaign(scenario, plan, host, stream)
                if sent is None or not sent.most:
                    continue
                steps, over = list(_steps(plan, sent)), list(_over(scenario, plan, sent))
                first = steps if len(steps) <= _SHOWN + 1 else [*steps[:_SHOWN], steps[-1]]
                reason = (
                    f"{plan.egress} takes of the {sent.in_all:,.0f} recipients of a campaign of "
                    f"{stream_name(host, stream)}: {listed(first)}."
                )
                if over:
                    reason += f" That is more than providers accept of a new IP: {listed(over)}."
                yield Finding(
                    Severity.WARNING if over else Severity.INFO,
                    dotted(("warm_up_plans", name)),
                    reason,
                    "Write smaller volumes for these days, or send the campaign over more hours."
                    if over
                    else "Nothing to do: what is above leaves by the other IPs of the pool.",
                )


def _campaign(scenario: Scenario, plan: WarmUpPlan, host: str, stream: str) -> _Campaign | None:
    burst = campaign(scenario, host, stream)
    if burst is None:
        return None
    count = burst.messages * mean_recipients(scenario.hosts[host].streams[stream])
    of_ip: dict[str, float] = {}
    in_all = 0.0
    for path in paths(scenario):
        if (path.host, path.stream) != (host, stream):
            continue
        for route, hop in outside(path):
            place = receiver(scenario, route, hop) or ""
            if plan.destination in (None, place):
                part = count * path.share * route.share / len(route.lasts)
                in_all += part
                if hop.egress == plan.egress:
                    of_ip[place] = of_ip.get(place, 0.0) + part
    return _Campaign(of_ip, in_all, burst.messages / burst.rate)


def _steps(plan: WarmUpPlan, sent: _Campaign) -> Iterator[str]:
    """Yield what the IP takes from each day on on which that changes."""
    before = 0.0
    for day, volume in enumerate((*plan.days, sent.most), start=1):
        taken = min(float(volume), sent.most)
        if taken != before:
            yield f"{taken:,.0f} ({share(taken / sent.in_all)}) from day {day} on"
        before = taken


def _over(scenario: Scenario, plan: WarmUpPlan, sent: _Campaign) -> Iterator[str]:
    """Yield the providers that get more in an hour than they accept, with the first such day."""
    age = scenario.egress[plan.egress].age // DAY
    within = min(1.0, 3600 / sent.seconds) if sent.seconds else 1.0
    for name, part in sent.of_ip.items():
        model = scenario.destinations.get(name)
        provider = None if model is None else model.reputation
        for day, volume in enumerate((*plan.days, sent.most), start=1):
            hourly = min(float(volume), sent.most) * part / sent.most * within
            limit = None if provider is None else cold_limit(provider, age + day - 1)
            if limit is not None and hourly > limit:
                yield f"{name} accepts {limit:,} an hour on day {day} and gets {hourly:,.0f}"
                break
