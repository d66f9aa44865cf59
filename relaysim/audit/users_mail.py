"""The check of the hubs that get the mail of users."""

import json
from collections.abc import Iterator

from relaysim.analysis.sharing import hubs_of, open_paths, parted
from relaysim.audit.finding import Finding, Severity
from relaysim.plan import submission
from relaysim.scenario.model import Scenario
from relaysim.wording import listed, share


def submission_spread(scenario: Scenario) -> Iterator[Finding]:
    """The mailbox server spreads the mail of users over all hubs, also over the bulk hub.

    An error where only some hubs carry bulk mail, because none of these hubs is dedicated then.
    Servers with a front end spread the mail of applications too, and no list keeps users' mail off
    one of them: `front_end_spread` and `bulk_shares_hub` report what bulk mail meets there.
    """
    users = [
        name
        for name, host in scenario.hosts.items()
        if submission.by_mailbox_server(host) and host.streams
    ]
    hubs = submission.submission_hubs(scenario)
    # With a list the administrator has chosen the hubs.
    if not users or len(hubs) < 2 or scenario.mailboxes.submission_server_override_list:
        return
    if any(scenario.hubs[hub].properties.front_end for hub in hubs):
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
            f"No host sends to {listed(idle)}, but the mailbox server spreads the mail of "
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
            f"{part} goes to each of {listed(hubs)}. So {listed(sorted(bulky))} also carries this "
            "share of the users' mail, and is not dedicated to the bulk mail.",
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
            "To keep this mail off some hubs, name the others in submission_server_override_list.",
        )
