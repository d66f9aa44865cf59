"""Checks of capacity: the offered load of each stage against the servers of the stage."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta

import numpy as np

from relaysim.analysis.mail_paths import Path, paths
from relaysim.analysis.message_rates import (
    Floats,
    campaign,
    edges,
    host_and_stream,
    messages,
    steady,
)
from relaysim.analysis.offered_load import Stage, stages
from relaysim.audit.finding import Finding, Severity
from relaysim.audit.merged_findings import connectors_of, set_at
from relaysim.audit.shell_commands import set_connector
from relaysim.audit.warm_up_plans import first_day
from relaysim.mail.receive_connector import MessageRateSource
from relaysim.mail.receive_verdict import submission_rate
from relaysim.plan import submission
from relaysim.plan.routing import identity
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import dotted
from relaysim.scenario.straight_hosts import relay_at
from relaysim.scenario.table import SECOND
from relaysim.theory.offered_work import utilization
from relaysim.wording import about, listed, per_time, times

_NOTICED = 1.0
"""Seconds of delay or of work below which an overload makes no finding."""


class _Loads:
    """The offered load of stages; the rates of each stream are computed once.

    The load of a stage is computed from the streams of that stage only: with all streams, a check
    of a thousand hosts took a minute.
    """

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.rates: dict[str, Floats] = {}
        self.loads: dict[str, Floats] = {}
        self.means: dict[str, float] = {}
        self.streams = host_and_stream(scenario)

    def load(self, stage: Stage) -> Floats:
        """Return the load of each server of the stage in each hour, without campaigns."""
        if stage.name not in self.loads:
            load = np.zeros(len(edges(self.scenario.run)) - 1)
            for name, seconds in stage.demand.items():
                load += self._rate(name) * utilization(1.0, seconds, stage.servers)
            self.loads[stage.name] = load
        return self.loads[stage.name]

    def overall(self, stage: Stage) -> float:
        """Return the load of each server of the stage over the whole run, with campaigns."""
        seconds = self.scenario.run.duration / SECOND
        for name in stage.demand:
            if name not in self.means:
                self.means[name] = messages(self.scenario, *self.streams[name]) / seconds
        return stage.load(self.means)

    def _rate(self, name: str) -> Floats:
        if name not in self.rates:
            self.rates[name] = steady(self.scenario, *self.streams[name])
        return self.rates[name]


def _by_ip(found: Iterable[tuple[Stage, Finding]]) -> Iterator[Finding]:
    """Yield findings with the public IPs of a pool; equal ones of several IPs are one."""
    alike: dict[Finding, list[Stage]] = {}
    for stage, finding in found:
        alike.setdefault(finding, []).append(stage)
    for finding, queues in alike.items():
        what = queues[0].what
        ips = [queue.egress for queue in queues if queue.egress]
        by = f" by {'each of ' * (len(ips) > 1)}{listed(ips)}" if ips else ""
        yield replace(finding, reason=finding.reason.replace(what, what + by, 1))


def campaign_load(scenario: Scenario) -> Iterator[Finding]:
    """The offered load of a campaign is above the capacity of a stage, so it takes longer.

    The other mail counts with its load in the hour in which the campaign starts. Of the campaigns
    of a stream the largest is checked, without the campaigns of other streams. With a warm-up plan
    it is one on day 1 of the plan.
    """
    yield from _by_ip(_campaign_load(scenario))


def _campaign_load(scenario: Scenario) -> Iterator[tuple[Stage, Finding]]:
    hours = _Loads(scenario)
    at: dict[str, list[tuple[Stage, float]]] = {}
    for stage in stages(scenario):
        for name, seconds in stage.demand.items():
            at.setdefault(name, []).append((stage, utilization(1.0, seconds, stage.servers)))
    for name, (host, stream) in host_and_stream(scenario).items():
        burst = campaign(scenario, host, stream)
        if burst is None:
            continue
        start, count, rate = burst
        # A campaign at the full hour belongs to the hour that begins.
        hour = int(np.searchsorted(edges(scenario.run), start, side="right")) - 1
        for stage, load, plans in first_day(scenario, host, stream, at.get(name, [])):
            others = float(hours.load(stage)[hour])
            offered = others + rate * load
            if offered <= 1:
                continue
            if others < 1:
                # A small campaign above the capacity ends hardly later.
                if count / ((1 - others) / load) - count / rate < _NOTICED:
                    continue
                left = (1 - others) / load
                result = (
                    f"{per_time(left)} get through, and the {count:,.0f} messages take "
                    f"{about(count / left)} instead of {about(count / rate)}"
                )
                accept = f"If {about(count / left)} are acceptable, change nothing. "
            else:
                result = "the other mail alone is above the capacity, so the campaign does not end"
                accept = ""
            day = f"; day 1 of the warm-up plan {plans}" if plans else ""
            yield (
                stage,
                Finding(
                    Severity.WARNING,
                    dotted(("hosts", host, "streams", stream)),
                    f"While {name} sends at {per_time(rate)}, the offered load at {stage.what} "
                    f"(other mail included{day}) is {times(offered)} the capacity: {result}.",
                    f"{accept}To send faster {_faster(scenario, host, stage)}. To protect the "
                    "other mail lower the rate of the campaign.",
                ),
            )


def _faster(scenario: Scenario, host: str, stage: Stage) -> str:
    """Return what makes the campaign of a host faster at a stage."""
    relay = relay_at(scenario, scenario.hosts[host])
    if relay is None:
        return f"raise {stage.place}, or send from another hub"
    # Nobody but the service raises a limit of the service.
    if stage.place.startswith("relays."):
        return f"send by another service, or write the limit of your contract ({stage.place})"
    return f"raise {stage.place}, or send by another service"


def busiest_hour_load(scenario: Scenario) -> Iterator[Finding]:
    """In the busiest hour the offered load of a stage is above the capacity."""
    yield from _by_ip(_busiest_hour_load(scenario))


def _busiest_hour_load(scenario: Scenario) -> Iterator[tuple[Stage, Finding]]:
    hours, loads = edges(scenario.run), _Loads(scenario)
    for stage in stages(scenario):
        load = loads.load(stage)
        hour = int(np.argmax(load))
        seconds = (hours[hour + 1] - hours[hour]) / SECOND
        # An overload of the whole run is a finding of whole_run_load.
        recovers = (loads.overall(stage) - 1) * scenario.run.duration / SECOND < _NOTICED
        # Work above the capacity is what is left in the queue when the hour ends.
        if (load[hour] - 1) * seconds >= _NOTICED and recovers:
            fix, command = _enlarged(stage, "or spread the mail over more hubs or hours.")
            begins = scenario.run.start + timedelta(microseconds=int(hours[hour]))
            yield (
                stage,
                Finding(
                    Severity.WARNING,
                    stage.place,
                    f"In the busiest hour (from {begins:%H:%M}) the offered load of "
                    f"{_senders(stage)} at {stage.what} is {times(load[hour])} the capacity: the "
                    f"queue grows for the whole hour, to "
                    f"{about((load[hour] - 1) * seconds)} of work.",
                    fix,
                    command,
                ),
            )


def whole_run_load(scenario: Scenario) -> Iterator[Finding]:
    """Over the whole run the offered load of a stage is above the capacity."""
    yield from _by_ip(_whole_run_load(scenario))


def _whole_run_load(scenario: Scenario) -> Iterator[tuple[Stage, Finding]]:
    seconds, loads = scenario.run.duration / SECOND, _Loads(scenario)
    for stage in stages(scenario):
        load = loads.overall(stage)
        if (load - 1) * seconds >= _NOTICED:
            fix, command = _enlarged(
                stage, "or send less; results of such a run depend on the duration of the run."
            )
            yield (
                stage,
                Finding(
                    Severity.WARNING,
                    stage.place,
                    f"Over the whole run the offered load of {_senders(stage)} at {stage.what} is "
                    f"{times(load)} the capacity: the queue grows until the end, and then "
                    f"{about((load - 1) * seconds)} of work is left.",
                    fix,
                    command,
                ),
            )


def _enlarged(stage: Stage, otherwise: str) -> tuple[str, str | None]:
    """Return the fix for an overloaded stage, and the commands that shorten its sessions."""
    if not stage.acknowledges:
        return f"Raise {stage.place}, {otherwise}", None
    place = [identity(*place) for place in stage.acknowledges]
    commands = [
        set_connector(hub, name, MaxAcknowledgementDelay="00:00:00")
        for hub, name in stage.acknowledges
    ]
    return (
        f'Set max_acknowledgement_delay = "0 s" at {listed(place)}, so that no session is held '
        f"until delivery. Or raise {stage.place}, {otherwise}"
    ), "\n".join(commands)


def message_rate(scenario: Scenario) -> Iterator[Finding]:
    """A host sends more messages a minute than MessageRateLimit allows a source.

    One finding for each stream and limit: hubs with the same limit are named together.
    """
    over: dict[tuple[str, int, MessageRateSource], list[Path]] = {}
    for path in paths(scenario):
        connector = path.connector
        if connector is None or path.reply is not None or not path.share:
            continue
        limit, source = connector.message_rate_limit, connector.message_rate_source
        if limit is None or source is MessageRateSource.NONE:
            continue
        # Each of the very many addresses of the Internet stays below the limit.
        many = submission.has_many_sources(scenario, scenario.hosts[path.host], path.target)
        if source is MessageRateSource.IP_ADDRESS and many:
            continue
        if _most_per_second(scenario, path) * 60 > limit:
            over.setdefault((path.name, limit, source), []).append(path)
    for (name, limit, source), limited in over.items():
        where = connectors_of(limited)
        yield Finding(
            Severity.WARNING,
            limited[0].place,
            f"{name} sends up to {per_time(_most_per_second(scenario, limited[0]))}, and "
            f"{listed(where)} {'accepts' if len(where) == 1 else 'each accept'} {limit} "
            f"message{'s' * (limit != 1)} a minute (message_rate_limit, by {source}): the others "
            f"get {submission_rate(limit, limit)}.",
            "Raise the limit, or send through a connector without a limit.",
            set_at(limited, MessageRateLimit="unlimited"),
        )


def _most_per_second(scenario: Scenario, path: Path) -> float:
    """Return the highest rate of the stream of a path, messages a second."""
    burst = campaign(scenario, path.host, path.stream)
    return burst.rate if burst else float(steady(scenario, path.host, path.stream).max())


def _senders(stage: Stage) -> str:
    return listed(stage.demand)
