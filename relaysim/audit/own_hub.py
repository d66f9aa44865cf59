"""A hub for bulk mail alone: whether a design has one, and what it takes."""

from collections.abc import Iterator

from relaysim.analysis.mail_paths import Path
from relaysim.analysis.sharing import names, parted
from relaysim.audit.finding import Finding, Severity
from relaysim.scenario.model import Scenario
from relaysim.wording import listed

_BY_LIST = (
    "Set up another Hub Transport server for the bulk system only, and keep the users' mail on the "
    "others with submission_server_override_list."
)
_BY_SITE = (
    "Set up another server for the bulk system only, in a site of its own (hubs.NAME.site, with "
    "mailboxes.site), as a source server of the send connector. Within one site a relay without a "
    "front end separates it, such as an Edge server or Postfix. A receive connector of the "
    'Transport service on a port of its own (transport_role = "HubTransport") keeps the mail of '
    "applications apart, but users' mail still comes to all servers of the site."
)


def separation(scenario: Scenario) -> str:
    """Return what gives bulk mail a hub of its own.

    Parameters
    ----------
    scenario : Scenario
        The design.

    Returns
    -------
    str
        Two sentences. From Exchange 2013 on Microsoft reserves SubmissionServerOverrideList.
    """
    front_ends = any(hub.properties.front_end for hub in scenario.hubs.values())
    return _BY_SITE if front_ends else _BY_LIST


def front_end_spread(scenario: Scenario) -> Iterator[Finding]:
    """Bulk mail has a server of its own, but the front end spreads it over all of the site."""
    bulk, others = parted(scenario)
    beside = {hub for path in others for hub in path.takers}
    for hub, server in scenario.hubs.items():
        senders = [path for path in bulk if path.hub == hub and len(path.takers) > 1]
        if not senders or any(path.hub == hub and _by_smtp(path) for path in others):
            continue
        shared = [name for name in senders[0].takers if name in beside]
        if shared:
            yield Finding(
                Severity.ERROR,
                f"hubs.{hub}.site",
                f"{names(senders)} goes to {hub} alone, but its front end proxies each message to "
                f"any server of the site {server.site} at random: {listed(senders[0].takers)}. So "
                f"no server is dedicated: {listed(shared)} also take{'s' * (len(shared) == 1)} "
                "other mail.",
                separation(scenario),
            )


def _by_smtp(path: Path) -> bool:
    return path.connector is not None
