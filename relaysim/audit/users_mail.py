"""The check of the hubs that the users' mail is spread over."""

import json
from collections.abc import Iterator

from relaysim.analysis.sharing import hubs_of, open_paths, parted
from relaysim.audit.finding import Finding, Severity
from relaysim.plan import routing
from relaysim.scenario.model import Scenario
from relaysim.wording import listed, share


def submission_spread(scenario: Scenario) -> Iterator[Finding]:
    """A second hub without submission_server_override_list: the users' mail is spread over all.

    An error where only some hubs carry bulk mail, because then none of them is dedicated.
    """
    users = [
        name
        for name, host in scenario.hosts.items()
        if routing.by_mailbox_server(host) and host.streams
    ]
    hubs = routing.submission_hubs(scenario)
    if not users or len(hubs) < 2 or scenario.mailboxes.submission_server_override_list:
        return
    bulk, _ = parted(scenario)
    bulky = {hub for path in bulk for hub in hubs_of(path)}
    used = {path.hub for path in open_paths(scenario) if path.connector is not None}
    idle = [hub for hub in hubs if hub not in used]
    clean = [hub for hub in hubs if hub in used and hub not in bulky]
    part = share(1 / len(hubs))
    if idle and len(idle) < len(hubs) and not clean:
        kept = [hub for hub in hubs if hub not in idle]
        yield Finding(
            Severity.WARNING,
            "mailboxes.submission_server_override_list",
            f"No host sends to {listed(idle)}, and yet the mailbox server spreads the mail of "
            f"{listed(users)} over every hub of the site: {part} goes to each of {listed(hubs)}.",
            f"Name the hubs for the users' mail: submission_server_override_list = "
            f"{json.dumps(kept)}.",
            f"Set-MailboxServer MBX -SubmissionServerOverrideList {','.join(kept)}",
        )
    elif bulky and clean:
        yield Finding(
            Severity.ERROR,
            "mailboxes.submission_server_override_list",
            f"The mailbox server spreads the mail of {listed(users)} over every hub of the site: "
            f"{part} goes to each of {listed(hubs)}. So {listed(sorted(bulky))} is not dedicated "
            "to the bulk mail, and that part of the users' mail leaves by it.",
            f"Name the hubs for the users' mail: submission_server_override_list = "
            f"{json.dumps(clean)}.",
            f"Set-MailboxServer MBX -SubmissionServerOverrideList {','.join(clean)}",
        )
    else:
        yield Finding(
            Severity.INFO,
            "mailboxes.submission_server_override_list",
            f"The mailbox server spreads the mail of {listed(users)} over every hub of the site: "
            f"{part} goes to each of {listed(hubs)}.",
            "Name some hubs in submission_server_override_list, if the others are not meant for "
            "it.",
        )
