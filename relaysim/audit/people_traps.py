"""The check of a number that nobody measured: how often people write to spam traps."""

from collections.abc import Iterator

from relaysim.analysis.message_rates import messages
from relaysim.analysis.typing_errors import mistyping_streams
from relaysim.audit.finding import Finding, Severity
from relaysim.scenario.blocklist import Blocklist
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import dotted
from relaysim.scenario.reference import INTERNAL
from relaysim.scenario.stream import TYPING_ERRORS
from relaysim.wording import listed, two_digits


def people_trap_rate(scenario: Scenario) -> Iterator[Finding]:
    """People write to spam traps by typing errors; nobody measured how often."""
    streams = mistyping_streams(scenario)
    if not streams:
        return
    mail = sum(
        messages(scenario, host, name) * (1.0 - stream.to.get(INTERNAL, 0.0))
        for (host, name), stream in streams.items()
    )
    low, high = (two_digits(rate * mail) for rate in TYPING_ERRORS)
    rates = listed(f"{_text(of.trap_rate)} ({host}.{name})" for (host, name), of in streams.items())
    host, name = next(iter(streams))
    place = dotted(("hosts", host, "streams", name, "trap_rate"))
    yield Finding(
        Severity.INFO,
        place,
        "Nobody measured how often people mistype an address into a spam trap: a trap_rate from "
        f"1e-7 to 1e-4 is plausible, and here it is {rates}. In that range the {mail:,.0f} "
        f"messages to the outside hit {low} to {high} traps in the run."
        + "".join(map(_limit, scenario.blocklists.values())),
        f"Run both ends, such as --set {place}=1e-7 and 1e-4. `relaysim sensitivity` varies it.",
    )


def _limit(blocklist: Blocklist) -> str:
    """Return the sentence about the rate from which on a list lists a sender of any size."""
    if not blocklist.tolerated_rate or not blocklist.trap_share:
        return ""
    rate = _text(blocklist.tolerated_rate / blocklist.trap_share)
    return f" Above about {rate} {blocklist.name} lists large senders without any bulk mail."


def _text(rate: float) -> str:
    return f"{rate:.2g}".replace("e-0", "e-")
