"""Checks of how the administrator reacts to a listing."""

from collections.abc import Iterator

from relaysim.analysis.message_rates import host_and_stream
from relaysim.analysis.sharing import ips, names, parted
from relaysim.audit.finding import Finding, Severity
from relaysim.scenario.culprit import culprits
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import dotted
from relaysim.wording import listed


def reaction(scenario: Scenario) -> Iterator[Finding]:
    """The reaction to a listing has no effect in this scenario."""
    action, place = scenario.operations.on_listing, "operations.on_listing"
    if scenario.operations.move_to is not None and action != "move_culprit":
        yield Finding(
            Severity.WARNING,
            "operations.move_to",
            f'move_to has no effect: on_listing is "{action}".',
            'Write on_listing = "move_culprit", or leave move_to out.',
        )
    if action == "nothing":
        return
    sources = sorted(culprits(scenario))
    if not sources:
        yield Finding(
            Severity.WARNING,
            place,
            f'on_listing is "{action}", but no stream is a culprit, so it has no effect.',
            'Mark the stream that gets IPs listed (culprit = true), or write "nothing".',
        )
    elif action == "clean_list" and not any(_has_list(scenario, name) for name in sources):
        yield Finding(
            Severity.WARNING,
            place,
            f'on_listing is "clean_list", but {listed(sources)} has no mailing_list to clean.',
            'Write its mailing_list, or choose "pause_culprit".',
        )
    elif action == "move_culprit":
        yield from _moved(scenario, str(scenario.operations.move_to))


def _has_list(scenario: Scenario, name: str) -> bool:
    host, stream = host_and_stream(scenario)[name]
    return scenario.hosts[host].streams[stream].mailing_list is not None


def _moved(scenario: Scenario, target: str) -> Iterator[Finding]:
    """Find a move to the egress of the culprit itself, or to an egress of other mail."""
    bulk, others = parted(scenario)
    beside = [path for path in others if target in ips(path)]
    if any(target in ips(path) for path in bulk):
        yield Finding(
            Severity.WARNING,
            "operations.move_to",
            f"{names(bulk)} leaves by {target} already, so the move has no effect.",
            "Write another egress.",
        )
    elif beside:
        yield Finding(
            Severity.WARNING,
            "operations.move_to",
            f"{target} carries {names(beside)}: after the move the next listing affects that mail.",
            "Write an egress that carries no other mail.",
        )


def endless_listing(scenario: Scenario) -> Iterator[Finding]:
    """A blocklist delists on request only, and no request is made."""
    for name, blocklist in scenario.blocklists.items():
        # A scripted listing ends by the script, and a listing with a lifetime by itself.
        if blocklist.trigger == "none" or blocklist.lifetime is not None:
            continue
        if blocklist.delisting_time is None or scenario.operations.delisting == "never":
            yield Finding(
                Severity.INFO,
                dotted(("blocklists", name)),
                f"{name} delists an IP on request only, and this scenario has no request: a "
                "listing lasts until the end of the run.",
                'Write its delisting_time, or delisting = "after_repair".',
            )
