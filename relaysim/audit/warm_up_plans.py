"""The check of warm-up plans: how much of a campaign a new IP takes, and what providers accept."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from relaysim.analysis.mail_paths import paths
from relaysim.analysis.message_rates import campaign
from relaysim.analysis.offered_load import Stage
from relaysim.analysis.route_end import is_from_pool, receiver
from relaysim.analysis.run_size import mean_recipients
from relaysim.analysis.sharing import outside
from relaysim.audit.finding import Finding, Severity
from relaysim.audit.new_ip import cold_limit
from relaysim.plan.names import stream_name
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import dotted
from relaysim.scenario.table import DAY
from relaysim.scenario.warm_up_plan import WarmUpPlan
from relaysim.units import format_duration
from relaysim.wording import listed, share

_SHOWN = 4
"""The first steps of a plan that a finding has, before the last two."""


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
    the campaign sends it within the hour, and where a volume is below the one of the day before.
    """
    for name, plan in scenario.warm_up_plans.items():
        for host, model in scenario.hosts.items():
            for stream in model.streams:
                sent = _campaign(scenario, plan, host, stream)
                if sent is None or not sent.most:
                    continue
                steps, over = list(_steps(plan, sent)), list(_over(scenario, plan, sent))
                reason = (
                    f"{plan.egress} takes of the {sent.in_all:,.0f} recipients of a campaign of "
                    f"{stream_name(host, stream)}: {listed(steps)}."
                )
                falls = _fall(plan)
                if over:
                    reason += f" That is more than providers accept of a new IP: {listed(over)}."
                if falls:
                    reason += f" The plan falls: {falls}."
                fix = "Nothing to do: what is above leaves by the other IPs of the pool."
                if over:
                    fix = (
                        "Write smaller volumes for these days, or send the campaign over more "
                        "hours."
                    )
                elif falls:
                    fix = "Write volumes that grow from day to day."
                elif _is_known(scenario, plan, sent):
                    age = format_duration(scenario.egress[plan.egress].age)
                    reason += f" The IP is {age} old: no provider here limits it as a new one."
                    fix = "Remove the plan: the IP is known already and needs none."
                yield Finding(
                    Severity.WARNING if over or falls else Severity.INFO,
                    dotted(("warm_up_plans", name)),
                    reason,
                    fix,
                )


def _fall(plan: WarmUpPlan) -> str:
    """Return the first day with less than the day before it; "" if there is none."""
    for day, (before, volume) in enumerate(pairwise(plan.days), start=2):
        if volume < before:
            return f"{before:,} on day {day - 1} and {volume:,} on day {day}"
    return ""


def _is_known(scenario: Scenario, plan: WarmUpPlan, sent: _Campaign) -> bool:
    """Return whether providers get mail of the IP, and none limits it by its age."""
    age = scenario.egress[plan.egress].age // DAY
    models = (scenario.destinations.get(name) for name in sent.of_ip)
    providers = [model.reputation for model in models if model and model.reputation]
    return age > 0 and bool(providers) and all(cold_limit(each, age) is None for each in providers)


def first_day(
    scenario: Scenario, host: str, stream: str, loads: list[tuple[Stage, float]]
) -> Iterator[tuple[Stage, float, str]]:
    """Yield the load of a campaign's message at stages on day 1 of warm-up plans.

    What is above the first volume of a plan goes to the next IP of the pool without a plan, as in a
    run. The third item names the plans that moved mail; "" if there are none.
    """
    pools: dict[tuple[str, str], list[tuple[Stage, float]]] = {}
    for stage, load in loads:
        pools.setdefault((stage.what, stage.place), []).append((stage, load))
    for pool in pools.values():
        on_day = [load for _, load in pool]
        plans: list[str] = []
        for place, (stage, load) in enumerate(pool):
            above = load * (1 - _first_part(scenario, stage, host, stream))
            turn = (*range(place + 1, len(pool)), *range(place))
            older = next((other for other in turn if not pool[other][0].warm_ups), place)
            if above > 0 and older != place:
                plans += stage.warm_ups
                on_day[place] -= above
                on_day[older] += above
        for (stage, _), load in zip(pool, on_day, strict=True):
            yield stage, load, listed(dict.fromkeys(plans))


def _first_part(scenario: Scenario, stage: Stage, host: str, stream: str) -> float:
    """Return the part of a campaign's mail at a stage that the plans admit on day 1."""
    part = 1.0
    for name in stage.warm_ups:
        plan = scenario.warm_up_plans[name]
        sent = _campaign(scenario, plan, host, stream)
        if sent is not None and sent.most:
            part = min(part, plan.days[0] / sent.most)
    return part


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
                if hop.egress == plan.egress and is_from_pool(route, hop):
                    of_ip[place] = of_ip.get(place, 0.0) + part
    return _Campaign(of_ip, in_all, burst.messages / burst.rate)


def _steps(plan: WarmUpPlan, sent: _Campaign) -> Iterator[str]:
    """Yield what the IP takes on each day; of a long plan the first days and the last two steps."""
    taken = [min(float(volume), sent.most) for volume in (*plan.days, sent.most)]
    starts = [day for day in range(len(taken)) if not day or taken[day] != taken[day - 1]]
    for step, first in enumerate(starts):
        what = f"{taken[first]:,.0f} ({share(taken[first] / sent.in_all)})"
        left = len(starts) - step
        if left == 1:
            yield f"{what} from day {first + 1} on"
        elif step < _SHOWN or left == 2:
            last = starts[step + 1]
            rises = ("finally " if _fall(plan) else "rising to ") if step > _SHOWN else ""
            days = f"day {last}" if last == first + 1 else f"days {first + 1} to {last}"
            yield f"{rises}{what} on {days}"


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
