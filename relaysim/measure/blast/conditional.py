"""Conditional rows: given a listing, or given the policy of a domain.

Attributes
----------
subject `X
    listed` has the values of the replications in which an IP or a domain was listed in the window.
    Where a destination has one domain, and chance decides whether this domain acts on blocklists,
    results are of two kinds, and a mean of both describes neither. So they have rows of their own:
    `D | refuses` and `D | accepts` for the destination D, `total | D refuses` and `total | D
    accepts` for the whole. To refuse is to reject or defer mail of an IP on one of the scenario's
    lists.
"""

from collections.abc import Iterator

from relaysim.scenario.destination import Destination
from relaysim.scenario.model import Scenario
from relaysim.traffic.list_policies import ACTIONS
from relaysim.traffic.workload import Draws

Row = tuple[str, str, str, float]
SCORE = ACTIONS.index("score")
LISTED = "listed"
LISTED_SCOPES = ("total", "class", "stream", "destination")


def given(rows: list[Row], listed: bool, scenario: Scenario, draws: Draws) -> Iterator[Row]:
    """Yield the conditional rows of one replication.

    Parameters
    ----------
    rows : list of (str, str, str, float)
        The plain rows (scope, subject, metric, value).
    listed : bool
        Whether some public IP or domain was listed in the window.
    scenario : Scenario
        The design.
    draws : Draws
        The draws of the replication.
    """
    if listed:
        for scope, subject, metric, value in rows:
            if scope in LISTED_SCOPES:
                yield scope, f"{subject} | {LISTED}", metric, value
    for name, kind in kinds(scenario, draws).items():
        for scope, subject, metric, value in rows:
            if scope == "total":
                yield scope, f"{subject} | {name} {kind}", metric, value
            elif (scope, subject) == ("destination", name):
                yield scope, f"{subject} | {kind}", metric, value


def kinds(scenario: Scenario, draws: Draws) -> dict[str, str]:
    """Return "refuses" or "accepts" for each destination of one domain that may do either."""
    by_name = {}
    for name, destination in sorted(scenario.destinations.items()):
        if len(destination.domain_names()) == 1 and _either(scenario, destination):
            domain = draws.domains.index(destination.domain_names()[0])
            # A domain that only scores accepts the mail.
            acts = draws.uses[domain].any() and draws.action[domain] != SCORE
            by_name[name] = "refuses" if acts else "accepts"
    return by_name


def _either(scenario: Scenario, destination: Destination) -> bool:
    """Return whether chance decides if a domain refuses on one of the scenario's lists."""
    uses = [
        destination.refuses_on.get(
            blocklist.name, destination.refuses_on.get(blocklist.profile, 0.0)
        )
        for blocklist in scenario.blocklists.values()
    ]
    acts = 1.0 - destination.refusal_action.get("score", 0.0)
    most = max(uses, default=0.0)
    # With both at 1 the domain always refuses, so there is only one kind of result.
    return most > 0.0 and acts > 0.0 and not (most == acts == 1.0)
