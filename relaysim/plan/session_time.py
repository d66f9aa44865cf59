"""The SMTP dialog between a host and a hub: how many round trips it takes, and how long.

What the hub does meanwhile comes on top: receiving, the queue database, a late acknowledgement.
"""

from relaysim.mail.auth import AuthMechanism
from relaysim.scenario.connector import ReceiveConnector
from relaysim.scenario.host import Host
from relaysim.scenario.table import SECOND

SETUP, TLS, LOGIN = 2, 4, 2
"""Round trips to set a session up: TCP with the greeting, and EHLO; STARTTLS, two for its handshake
and EHLO again; AUTH (counted from RFC 5321, 3207, 5246 and 4954; that hosts use TLS where it is
offered is an assumption)."""
MAIL, DATA, SUBMISSION = 1, 2, 2
"""Round trips of a message: MAIL FROM (RCPT TO is one for each recipient, none for a host that
pipelines: RFC 2920), DATA with its end; all of those of the mailbox server, which is no SMTP
client."""


def setup_trips(host: Host, connector: ReceiveConnector) -> int:
    """Round trips before the first message of a session."""
    trips = SETUP + TLS * (AuthMechanism.TLS in connector.auth_mechanism)
    return trips + LOGIN * (host.account is not None)


def seconds(
    host: Host, connector: ReceiveConnector | None, size: float, recipients: float, shared: float
) -> float:
    """Mean seconds of a dialog for messages of this mean size (bytes) and number of recipients.

    Each bears a part of the set-up of its session, 1 in `shared` messages. Without a `connector` it
    is the mailbox server that submits.
    """
    trips = float(SUBMISSION)
    if connector is not None:
        rcpt = 0.0 if host.pipelining else recipients
        trips = setup_trips(host, connector) / shared + MAIL + rcpt + DATA
    body = size * 8 / host.bandwidth if host.bandwidth else 0.0
    return trips * host.round_trip / SECOND + body
