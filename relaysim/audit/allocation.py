"""The check of allocations: a public IP must lie in the allocation that the scenario names."""

from collections.abc import Iterator
from ipaddress import ip_address

from relaysim.audit.finding import Finding, Severity
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import dotted


def outside_allocation(scenario: Scenario) -> Iterator[Finding]:
    """An egress lies outside its allocation, so an escalation would list other addresses."""
    for name, egress in scenario.egress.items():
        block = egress.allocation
        if block is not None and ip_address(name) not in block:
            yield Finding(
                Severity.ERROR,
                dotted(("egress", name, "allocation")),
                f"{name} does not lie in {block}.",
                "Correct the address or its allocation.",
            )
