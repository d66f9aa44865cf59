"""Where numbers come from: the line under every table and figure."""

from relaysim.measure import chance as measure
from relaysim.present.number import chance
from relaysim.scenario.problem import printable
from relaysim.study.provenance import Provenance

PLAN_DIGITS = 12
"""Digits of a scenario's digest that are shown: enough to tell designs apart."""
ASSUMPTIONS = (
    "The core time that a message costs (receive_cost, categorize_cost, send_cost) is an "
    "assumption, and the one that can turn the answer for corporate mail: measure it. "
    "`relaysim profiles mta` names the source of every default."
)
NOT_MODELLED = (
    "Not modelled: duplicates, DNS failures, shadow queues, people who send a bounced message "
    "again, inbound spam filtering, other customers of the provider."
)


def behind_smart_hosts(provenance: Provenance) -> list[str]:
    """Return one sentence for each design with smart hosts: what its "delivered" means.

    Parameters
    ----------
    provenance
        What the result was made from.

    Returns
    -------
    list of str
        Empty where all mail goes straight to its receivers.
    """
    return [
        f'{name} sends by the smart host {", ".join(hosts)}: "delivered" means that the smart host '
        "took the mail. What happens behind it (unknown users, refusals, listings, junk, delay) is "
        "not modelled, so do not compare its losses with those of a design that sends direct."
        for name, hosts in provenance.smart_hosts
    ]


SURVIVORS = (
    "In a latency quantile mail that is refused or lost is later than any other; mean latencies "
    "and waits are of the mail that got through. Look at on_time too."
)


def unseen(replications: int) -> str:
    """What replications cannot know, in one sentence."""
    most = chance(measure.unseen(replications))
    what = "does not happen in this replication"
    if replications > 1:
        what = f"happens in none of {replications} replications"
    return (
        f"What {what} may still have a chance of up to {most} (with 95 % confidence), "
        "and the intervals of means know nothing of it."
    )


def origin(provenance: Provenance, designs: bool = True, intervals: bool = True) -> str:
    """Seed, replications, plans, versions and command of a result, in one sentence."""
    facts = provenance.facts()
    many = provenance.replications
    parts = [f"seed {provenance.seed}", f"{many} replication{'s' if many != 1 else ''}"]
    if many > 1 and intervals:
        parts[-1] += " with 95 % intervals"
    if designs:
        plans = (f"{name} {digest[:PLAN_DIGITS]}" for name, digest in provenance.scenarios)
        parts.append(f"plan {', '.join(plans)}")
    names = ("relaysim", "python", "numpy", "simpy")
    parts.append(", ".join(f"{name} {facts[name]}" for name in names))
    if provenance.command:
        parts.append(f"made by: {printable(provenance.command)}")
    return "; ".join(parts)
