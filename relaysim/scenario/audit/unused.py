"""Notes on what a scenario has and nothing uses."""

from collections.abc import Iterable, Iterator

from relaysim.scenario.audit.finding import Finding, Severity
from relaysim.scenario.audit.paths import paths
from relaysim.scenario.audit.words import listed
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import dotted
from relaysim.scenario.stream import Stream


def inert(scenario: Scenario) -> Iterator[Finding]:
    """Signals, blocklists, operations and coupling are read, but nothing acts on them as yet."""
    signals = [
        f"{host}.{name}"
        for host, model in scenario.hosts.items()
        for name, stream in model.streams.items()
        if _has_signals(stream)
    ]
    found = [f"signals of {listed(signals)}"] if signals else []
    if scenario.blocklists:
        found.append(f"blocklists {listed(scenario.blocklists)}")
    found += [key for key in ("operations", "coupling") if key in scenario.model_fields_set]
    if found:
        yield Finding(
            Severity.NOTE,
            "",
            f"Read and checked, but inert in this release: {', '.join(found)}. No mail gets an IP "
            "listed, and nobody reacts.",
            "Script the listing with a listing event, which does act.",
        )


def _has_signals(stream: Stream) -> bool:
    listing = stream.mailing_list
    rates = [stream.trap_rate, stream.complaint_rate, stream.unknown_rate]
    if listing is not None:
        rates += [listing.trap_share, listing.complaint_rate, listing.unknown_rate]
    return any(rates)


def unused(scenario: Scenario) -> Iterator[Finding]:
    """Tables that nothing of the scenario leads to."""
    ways = [way for path in paths(scenario) for way in path.ways]
    carriers = {hop.connector.name for way in ways for hop in way.lasts if hop.connector}
    used: dict[str, Iterable[str]] = {
        "dns": {host.server for host in scenario.hosts.values()},
        "send_connectors": carriers,
        "egress": {hub.egress for hub in scenario.hubs.values()},
        "lines": {egress.line for egress in scenario.egress.values() if egress.line},
        "destinations": {
            destination
            for host in scenario.hosts.values()
            for stream in host.streams.values()
            for destination in stream.to
        },
    }
    for table, names in used.items():
        for name in getattr(scenario, table):
            if name not in names:
                yield Finding(
                    Severity.NOTE,
                    dotted((table, name)),
                    "No mail of this scenario uses it.",
                    "Take it out, or use it.",
                )
