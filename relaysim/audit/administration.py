"""Checks of what the administrator can do about a listing."""

from collections.abc import Iterator

from relaysim.analysis.message_rates import host_and_stream
from relaysim.analysis.sharing import ips, names, parted
from relaysim.audit.finding import Finding, Severity
from relaysim.scenario.culprit import culprits
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import dotted
from relaysim.wording import listed


def reaction(scenario: Scenario) -> Iterator[Finding]:
    """The reaction to a listing has nothing to act on."""
    wanted, place = scenario.operations.on_listing, "operations.on_listing"
    if scenario.operations.move_to is not None and wanted != "move_culprit":
        yield Finding(
            Severity.WARNING,
            "operations.move_to",
            f'move_to has no effect: on_listing is "{wanted}".',
            'Write on_listing = "move_culprit", or leave move_to out.',
        )
    if wanted == "nothing":
        return
    guilty = sorted(culprits(scenario))
    if not guilty:
        yield Finding(
            Severity.WARNING,
            place,
            f'on_listing is "{wanted}", but no stream is a culprit: nothing can be done.',
            'Mark the stream that gets IPs listed (culprit = true), or write "nothing".',
        )
    elif wanted == "clean_list" and not any(_has_list(scenario, name) for name in guilty):
        yield Finding(
            Severity.WARNING,
            place,
            f'on_listing is "clean_list", but {listed(guilty)} has no mailing_list to clean.',
            'Write its mailing_list, or choose "pause_culprit".',
        )
    elif wanted == "move_culprit":
        yield from _moved(scenario, str(scenario.operations.move_to))


def _has_list(scenario: Scenario, name: str) -> bool:
    host, stream = host_and_stream(scenario)[name]
    return scenario.hosts[host].streams[stream].mailing_list is not None


def _moved(scenario: Scenario, target: str) -> Iterator[Finding]:
    """Culprits that move to where they are, or to where others are."""
    bulk, others = parted(scenario)
    beside = [path for path in others if target in ips(path)]
    if any(target in ips(path) for path in bulk):
        yield Finding(
            Severity.WARNING,
            "operations.move_to",
            f"{names(bulk)} leaves by {target} already: the move changes nothing.",
            "Name another egress.",
        )
    elif beside:
        yield Finding(
            Severity.WARNING,
            "operations.move_to",
            f"{target} carries {names(beside)}: the move takes the next listing there.",
            "Name an egress that carries no other mail.",
        )


def endless_listing(scenario: Scenario) -> Iterator[Finding]:
    """A list that never lets go of an IP by itself, and that nobody asks to."""
    for name, blocklist in scenario.blocklists.items():
        if blocklist.trigger == "none" or blocklist.lifetime is not None:
            continue
        if blocklist.delisting_time is None or scenario.operations.delisting == "never":
            yield Finding(
                Severity.INFO,
                dotted(("blocklists", name)),
                f"{name} keeps an IP until somebody has it removed, and nobody does: a listing "
                "lasts to the end of the run.",
                'Write its delisting_time, or delisting = "after_repair".',
            )
