"""The hubs that take the messages of a stream, as front ends choose them by the recipients."""

from collections.abc import Iterator, Sequence

from relaysim.analysis.receiving_domains import Domains
from relaysim.analysis.recipients_of_messages import recipient_counts
from relaysim.mail.receive_connector import FIRST_RECIPIENTS
from relaysim.plan.front_end import reads_mailbox, takers
from relaysim.scenario.connector import ReceiveConnector
from relaysim.scenario.model import Scenario
from relaysim.scenario.stream import Stream

Recipients = Sequence[tuple[Domains, float]]
"""Receiving domains, each with its share of the recipients."""


def proxied_mail(
    scenario: Scenario,
    stream: Stream,
    hub: str,
    connector: ReceiveConnector | None,
    recipients: Recipients,
) -> Iterator[tuple[float, tuple[str, ...], Recipients]]:
    """Yield the hubs that take messages, with the share of messages and their recipients.

    Parameters
    ----------
    scenario : Scenario
        The design.
    stream : Stream
        The stream.
    hub : str
        The hub that answers the sessions.
    connector : ReceiveConnector or None
        The receive connector that answers; None for the mailbox server.
    recipients : sequence of (Domains, float)
        All recipients of the stream.

    Yields
    ------
    share : float
        The messages that these hubs take, as a share of all messages.
    hubs : tuple of str
        The hubs, each with as many messages.
    recipients : sequence of (Domains, float)
        The recipients of these messages.

    Notes
    -----
    All messages go to one choice of hubs, unless the mailboxes are in another site than the front
    end: then messages with a mailbox among their first recipients go to hubs of that site. Both
    kinds have the same mean number of recipients a message (approximation; exact where messages
    have one recipient).
    """
    usual, near = (takers(scenario, hub, connector, to_mailbox) for to_mailbox in (False, True))
    inside = [part for part in recipients if reads_mailbox(scenario, [part[0].name])]
    outside = [part for part in recipients if part not in inside]
    if near == usual or not inside or not outside:
        yield 1.0, near if inside else usual, recipients
        return
    rest = sum(share for _, share in outside)
    # The share of messages without a mailbox among the first recipients.
    none = sum(
        part * rest ** min(count, FIRST_RECIPIENTS)
        for count, part in recipient_counts(stream).items()
    )
    with_mailbox = 1 - none
    mixed = [(domains, share * (1 - none / rest) / with_mailbox) for domains, share in outside]
    yield (
        with_mailbox,
        near,
        [
            *((domains, share / with_mailbox) for domains, share in inside),
            *(part for part in mixed if part[1] > 0),
        ],
    )
    yield none, usual, [(domains, share / rest) for domains, share in outside]
