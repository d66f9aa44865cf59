"""Where numbers come from: the line under every table and figure."""

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


def origin(provenance: Provenance, designs: bool = True) -> str:
    """Seed, replications, plans, versions and command of a result, in one sentence."""
    facts = provenance.facts()
    many = provenance.replications
    parts = [f"seed {provenance.seed}", f"{many} replication{'s' if many != 1 else ''}"]
    if many > 1:
        parts[-1] += " with 95 % intervals"
    if designs:
        plans = (f"{name} {digest[:PLAN_DIGITS]}" for name, digest in provenance.scenarios)
        parts.append(f"plan {', '.join(plans)}")
    names = ("relaysim", "python", "numpy", "simpy")
    parts.append(", ".join(f"{name} {facts[name]}" for name in names))
    if provenance.command:
        parts.append(f"made by: {provenance.command}")
    return "; ".join(parts)
