"""Checks of capacity: what is asked of each stage against what it can carry."""

from collections.abc import Iterator
from datetime import timedelta

import numpy as np

from relaysim.mail.connector import MessageRateSource
from relaysim.mail.session import submission_rate
from relaysim.scenario.audit.finding import Finding, Severity
from relaysim.scenario.audit.load import Stage, stages
from relaysim.scenario.audit.paths import paths
from relaysim.scenario.audit.rates import Floats, campaign, edges, messages, steady
from relaysim.scenario.audit.words import about, listed, per_time, set_connector, times
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import dotted
from relaysim.scenario.table import SECOND


def _streams(scenario: Scenario) -> Iterator[tuple[str, str, str]]:
    """Each stream by its full name, its host and its own name."""
    for host, model in scenario.hosts.items():
        yield from ((f"{host}.{name}", host, name) for name in model.streams)


def _hourly(scenario: Scenario, stage: Stage) -> Floats:
    """The load of the stage in each hour of the run, without campaigns."""
    load = np.zeros(len(edges(scenario.run)) - 1)
    for name, host, stream in _streams(scenario):
        if name in stage.demand:
            load += steady(scenario, host, stream) * stage.load({name: 1.0})
    return load


def campaign_load(scenario: Scenario) -> Iterator[Finding]:
    """A campaign asks more of a stage than it can carry: how long it then takes.

    The other mail counts with its load in the hour in which the campaign starts; one campaign is
    looked at at a time.
    """
    for name, host, stream in _streams(scenario):
        found = campaign(scenario, host, stream)
        if found is None or found[0].at >= scenario.run.duration:
            continue
        arrivals, count, rate = found
        hour = int(np.searchsorted(edges(scenario.run), arrivals.at, side="right")) - 1
        for stage in stages(scenario):
            if name not in stage.demand:
                continue
            others = float(_hourly(scenario, stage)[hour])
            each = stage.load({name: 1.0})
            asked = others + rate * each
            if asked <= 1:
                continue
            if others < 1:
                left = (1 - others) / each
                result = (
                    f"{per_time(left)} get through, and the {count:,.0f} messages take "
                    f"{about(count / left)} instead of {about(count / rate)}"
                )
            else:
                result = "the other mail alone is too much, so the campaign does not get through"
            yield Finding(
                Severity.ADVICE,
                dotted(("hosts", host, "streams", stream)),
                f"At {per_time(rate)} {name} asks, with the other mail, {times(asked)} what "
                f"{stage.what} can do: {result}.",
                "That is the length of the campaign by this stage, if it has the time. To be "
                f"faster enlarge {stage.place}, or send from another hub; to spare the other "
                "mail lower the rate of the campaign.",
            )


def busiest_hour_load(scenario: Scenario) -> Iterator[Finding]:
    """In the busiest hour the steady mail asks more of a stage than it can carry."""
    hours = edges(scenario.run)
    for stage in stages(scenario):
        load = _hourly(scenario, stage)
        hour = int(np.argmax(load))
        if load[hour] > 1:
            seconds = (hours[hour + 1] - hours[hour]) / SECOND
            begins = scenario.run.start + timedelta(microseconds=int(hours[hour]))
            yield Finding(
                Severity.ADVICE,
                stage.place,
                f"In the busiest hour (from {begins:%H:%M}) {_senders(stage)} ask "
                f"{times(load[hour])} what {stage.what} can do: the queue grows all the hour, to "
                f"{about((load[hour] - 1) * seconds)} of work.",
                f"Enlarge {stage.place}, or spread the mail over more hubs or hours.",
            )


def whole_run_load(scenario: Scenario) -> Iterator[Finding]:
    """Over the whole run all mail asks more of a stage than it can carry: it does not settle."""
    seconds = scenario.run.duration / SECOND
    for stage in stages(scenario):
        rates = {
            name: messages(scenario, host, stream) / seconds
            for name, host, stream in _streams(scenario)
            if name in stage.demand
        }
        load = stage.load(rates)
        if load > 1:
            yield Finding(
                Severity.ADVICE,
                stage.place,
                f"Over the whole run {_senders(stage)} ask {times(load)} what {stage.what} can "
                f"do: the queue does not settle, and {about((load - 1) * seconds)} of work is "
                "left at the end.",
                f"Enlarge {stage.place} or send less; results of such a run depend on its length.",
            )


def message_rate(scenario: Scenario) -> Iterator[Finding]:
    """A host sends more messages a minute than MessageRateLimit allows a source."""
    for path in paths(scenario):
        connector = path.connector
        if connector is None or path.reply is not None or not path.share:
            continue
        limit, source = connector.message_rate_limit, connector.message_rate_source
        if limit is None or source is MessageRateSource.NONE:
            continue
        if source is MessageRateSource.IP_ADDRESS and scenario.hosts[path.host].kind == "internet":
            continue
        found = campaign(scenario, path.host, path.stream)
        rate = found[2] if found else float(steady(scenario, path.host, path.stream).max())
        if rate * 60 > limit:
            yield Finding(
                Severity.ADVICE,
                path.place,
                f"{path.name} sends up to {per_time(rate)}, and {connector.name} takes {limit} "
                f"messages a minute (message_rate_limit, by {source}): the others get "
                f"{submission_rate(limit, limit)}.",
                "Raise the limit, or send by a connector without one.",
                set_connector(path.hub, connector.name, MessageRateLimit="unlimited"),
            )


def _senders(stage: Stage) -> str:
    return listed(stage.demand)
