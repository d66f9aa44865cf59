"""Checks of capacity: what is asked of each stage against what it can carry."""

from collections.abc import Iterator
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
from relaysim.mail.receive_connector import MessageRateSource
from relaysim.mail.receive_verdict import submission_rate
from relaysim.plan.routing import identity
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import dotted
from relaysim.scenario.table import SECOND
from relaysim.theory.offered_work import utilization
from relaysim.wording import about, listed, per_time, times

_NOTICED = 1.0
"""Seconds of delay or of work below which a stage that is short is not worth a finding."""


class _Loads:
    """The load of stages, each rate computed once.

    A stage is asked about its own streams only: with all of them, a check of a thousand hosts took
    a minute.
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


def campaign_load(scenario: Scenario) -> Iterator[Finding]:
    """A campaign asks more of a stage than it can carry: how long it then takes.

    The other mail counts with its load in the hour in which the campaign starts; one campaign is
    looked at at a time.
    """
    hours = _Loads(scenario)
    at: dict[str, list[tuple[Stage, float]]] = {}
    for stage in stages(scenario):
        for name, seconds in stage.demand.items():
            at.setdefault(name, []).append((stage, utilization(1.0, seconds, stage.servers)))
    for name, (host, stream) in host_and_stream(scenario).items():
        found = campaign(scenario, host, stream)
        if found is None or found[0].at >= scenario.run.duration:
            continue
        arrivals, count, rate = found
        hour = int(np.searchsorted(edges(scenario.run), arrivals.at, side="right")) - 1
        for stage, each in at.get(name, ()):
            others = float(hours.load(stage)[hour])
            asked = others + rate * each
            if asked <= 1:
                continue
            if others < 1:
                if count / ((1 - others) / each) - count / rate < _NOTICED:
                    continue
                left = (1 - others) / each
                result = (
                    f"{per_time(left)} get through, and the {count:,.0f} messages take "
                    f"{about(count / left)} instead of {about(count / rate)}"
                )
            else:
                result = "the other mail alone is too much, so the campaign does not get through"
            yield Finding(
                Severity.WARNING,
                dotted(("hosts", host, "streams", stream)),
                f"At {per_time(rate)} {name} asks, with the other mail, {times(asked)} what "
                f"{stage.what} can do: {result}.",
                "That is the length of the campaign by this stage, if it has the time. To be "
                f"faster enlarge {stage.place}, or send from another hub; to spare the other "
                "mail lower the rate of the campaign.",
            )


def busiest_hour_load(scenario: Scenario) -> Iterator[Finding]:
    """In the busiest hour the steady mail asks more of a stage than it can carry."""
    hours, loads = edges(scenario.run), _Loads(scenario)
    for stage in stages(scenario):
        load = loads.load(stage)
        hour = int(np.argmax(load))
        seconds = (hours[hour + 1] - hours[hour]) / SECOND
        # What does not settle over the whole run is told there.
        settles = (loads.overall(stage) - 1) * scenario.run.duration / SECOND < _NOTICED
        if (load[hour] - 1) * seconds >= _NOTICED and settles:
            fix, command = _enlarged(stage, "or spread the mail over more hubs or hours.")
            begins = scenario.run.start + timedelta(microseconds=int(hours[hour]))
            yield Finding(
                Severity.WARNING,
                stage.place,
                f"In the busiest hour (from {begins:%H:%M}) {_senders(stage)} ask "
                f"{times(load[hour])} what {stage.what} can do: the queue grows all the hour, to "
                f"{about((load[hour] - 1) * seconds)} of work.",
                fix,
                command,
            )


def whole_run_load(scenario: Scenario) -> Iterator[Finding]:
    """Over the whole run all mail asks more of a stage than it can carry: it does not settle."""
    seconds, loads = scenario.run.duration / SECOND, _Loads(scenario)
    for stage in stages(scenario):
        load = loads.overall(stage)
        if (load - 1) * seconds >= _NOTICED:
            fix, command = _enlarged(
                stage, "or send less; results of such a run depend on its length."
            )
            yield Finding(
                Severity.WARNING,
                stage.place,
                f"Over the whole run {_senders(stage)} ask {times(load)} what {stage.what} can "
                f"do: the queue does not settle, and {about((load - 1) * seconds)} of work is "
                "left at the end.",
                fix,
                command,
            )


def _enlarged(stage: Stage, otherwise: str) -> tuple[str, str | None]:
    """What relieves a stage, and the commands; sessions are held less without late replies."""
    if not stage.acknowledges:
        return f"Enlarge {stage.place}, {otherwise}", None
    names = [identity(*each) for each in stage.acknowledges]
    commands = [
        set_connector(hub, name, MaxAcknowledgementDelay="00:00:00")
        for hub, name in stage.acknowledges
    ]
    return (
        f'Set max_acknowledgement_delay = "0 s" at {listed(names)}, so that no session is held '
        f"until its message is delivered. Else enlarge {stage.place}, {otherwise}"
    ), "\n".join(commands)


def message_rate(scenario: Scenario) -> Iterator[Finding]:
    """A host sends more messages a minute than MessageRateLimit allows a source.

    One finding for a stream and a limit: hubs that allow as many are named together.
    """
    over: dict[tuple[str, int, MessageRateSource], list[Path]] = {}
    for path in paths(scenario):
        connector = path.connector
        if connector is None or path.reply is not None or not path.share:
            continue
        limit, source = connector.message_rate_limit, connector.message_rate_source
        if limit is None or source is MessageRateSource.NONE:
            continue
        if source is MessageRateSource.IP_ADDRESS and scenario.hosts[path.host].properties.internet:
            continue
        if _most_per_second(scenario, path) * 60 > limit:
            over.setdefault((path.name, limit, source), []).append(path)
    for (name, limit, source), found in over.items():
        where = connectors_of(found)
        yield Finding(
            Severity.WARNING,
            found[0].place,
            f"{name} sends up to {per_time(_most_per_second(scenario, found[0]))}, and "
            f"{listed(where)} {'takes' if len(where) == 1 else 'each take'} {limit} "
            f"message{'s' * (limit != 1)} a minute (message_rate_limit, by {source}): the others "
            f"get {submission_rate(limit, limit)}.",
            "Raise the limit, or send by a connector without one.",
            set_at(found, MessageRateLimit="unlimited"),
        )


def _most_per_second(scenario: Scenario, path: Path) -> float:
    """The highest rate of the messages of a path's stream."""
    found = campaign(scenario, path.host, path.stream)
    return found[2] if found else float(steady(scenario, path.host, path.stream).max())


def _senders(stage: Stage) -> str:
    return listed(stage.demand)
