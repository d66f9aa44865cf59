"""The origin of numbers: the line under every table and figure."""

from rich.console import RenderableType

from relaysim.present.text.number_format import chance
from relaysim.present.text.terminal import text
from relaysim.scenario.problem import printable
from relaysim.stats import proportion as measure
from relaysim.study.execution.provenance import Provenance

PLAN_DIGITS = 12
"""Digits of a scenario's digest that are shown: enough to distinguish designs."""
ASSUMPTIONS = (
    "The core time of a message (receive_cost, categorize_cost, send_cost) is an assumption that "
    "can reverse the answer for corporate mail: measure it. "
    "`relaysim profiles mta` names the source of every default."
)
NOT_MODELLED = (
    "Not modelled: DNS failures, shadow queues, people who send a bounced message "
    "again, inbound spam filtering, other customers of the provider."
)
SURVIVORS = (
    "In a latency quantile a recipient that is refused or lost is later than any other; mean "
    "latencies and waits are over delivered recipients. Compare on_time too."
)


def unseen(replications: int) -> str:
    """Return the largest probability of an event that no replication shows, in one sentence."""
    most = chance(measure.unseen(replications))
    event = "does not occur in this replication"
    if replications > 1:
        event = f"occurs in none of {replications} replications"
    return (
        f"An event that {event} may still have a probability of up to {most} (with 95 % "
        "confidence); the intervals of means do not include it."
    )


def more(full: bool, explain: bool, *others: str) -> list[RenderableType]:
    """Return where to find what is not printed, as one paragraph and an empty line.

    `full` and `explain` are the options that were given; `others` are further places.
    """
    places = [
        *([] if full else ["--full prints all tables"]),
        *([] if explain else ["--explain prints how to read them, and the assumptions"]),
        "--figures DIR draws",
        "--out DIR writes tables",
        *others,
    ]
    return [text(f"More: {'; '.join(places)}."), text("")]


def origin(provenance: Provenance, designs: bool = True, intervals: bool = True) -> str:
    """Return seed, replications, plans, versions and command of a result, in one sentence.

    Parameters
    ----------
    provenance : Provenance
        The provenance of the result.
    designs : bool
        Whether several designs are named.
    intervals : bool
        Whether the numbers have intervals.
    """
    facts = provenance.facts()
    count = provenance.replications
    parts = [f"seed {provenance.seed}", f"{count or 'no'} replication{'s' if count > 1 else ''}"]
    if count > 1 and intervals:
        parts[-1] += " with 95 % intervals"
    if designs:
        plans = (f"{name} {digest[:PLAN_DIGITS]}" for name, digest in provenance.scenarios)
        parts.append(f"plan {', '.join(plans)}")
    names = ("relaysim", "python", "numpy", "simpy")
    parts.append(", ".join(f"{name} {facts[name]}" for name in names))
    if provenance.command:
        parts.append(f"made by: {printable(provenance.command)}")
    return "; ".join(parts)


def figure_caption(provenance: Provenance, designs: bool = True, intervals: bool = True) -> str:
    """Return the line under a figure: `origin`, with what is not modelled behind smart hosts.

    Parameters
    ----------
    provenance
        What the figure was made from.
    designs
        Whether to name the plans of the designs.
    intervals
        Whether the figure draws intervals.

    Returns
    -------
    str
        A figure is copied without the text around it, so each one carries the sentence.
    """
    return "; ".join(
        [*map(_behind, provenance.smart_hosts), origin(provenance, designs, intervals)]
    )


def _behind(design: tuple[str, tuple[str, ...]]) -> str:
    name, hosts = design
    return (
        f'"delivered" of {name}: taken by the smart host {", ".join(hosts)}; what happens behind '
        "it is not modelled"
    )
