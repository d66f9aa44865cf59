"""Front ends: they have no queue and proxy each message to the Transport service of a hub."""

from array import array
from collections.abc import Sequence
from itertools import islice

from relaysim.engine.context import Context
from relaysim.engine.relay.hub import Hub
from relaysim.mail.receive_connector import FIRST_RECIPIENTS
from relaysim.plan.hub_plan import ConnectorPlan
from relaysim.traffic.draw import Decision, draw32

_PROXY = int(Decision.PROXY)


class FrontEnds:
    """The choice of the hub that takes a message, by the front end of the hub that answers.

    Parameters
    ----------
    context : Context
        The context of the run.
    hubs : sequence of Hub
        All hubs, by number.
    """

    def __init__(self, context: Context, hubs: Sequence[Hub]) -> None:
        _, self.record, _, self.plan = context
        self.hubs = hubs

    def taker(
        self, hub: Hub, connector: ConnectorPlan, rcpt: "array[int]", message: int, attempt: int
    ) -> Hub:
        """Return the hub that takes a message of a session.

        Parameters
        ----------
        hub : Hub
            The hub that answers the session, and is up.
        connector : ConnectorPlan
            The receive connector that answers.
        rcpt : array of int
            By domain, the reply to RCPT TO; -1 where it is accepted.
        message, attempt : int
            The message, and number of the attempt of the host.

        Notes
        -----
        The front end of Exchange 2013 and later proxies at random to a healthy server of the site,
        or of the site of the mailboxes (`plan.front_end.takers`). Healthy means here that the
        server runs; if none runs in the site of the mailboxes, the own site takes the mail
        (assumptions).
        """
        if not connector.proxies_to:
            return hub
        up: list[Hub] = []
        if connector.proxies_to_mailboxes and self._has_mailbox(rcpt, message):
            up = self._up(connector.proxies_to_mailboxes)
        up = up or self._up(connector.proxies_to)
        key = self.record.key[self.record.messages.first_recipient[message]]
        return up[draw32(key, _PROXY, attempt) * len(up) >> 32]

    def _up(self, numbers: Sequence[int]) -> list[Hub]:
        return [self.hubs[number] for number in numbers if self.hubs[number].up]

    def _has_mailbox(self, rcpt: "array[int]", message: int) -> bool:
        """Return whether one of the first recipients that are accepted has a mailbox."""
        messages, recipients = self.record.messages, self.record.recipients
        first = messages.first_recipient[message]
        accepted = (
            recipients.domain[recipient]
            for recipient in range(first, first + messages.recipients[message])
            if rcpt[recipients.domain[recipient]] < 0 and not recipients.status[recipient]
        )
        return any(self.plan.has_mailboxes[domain] for domain in islice(accepted, FIRST_RECIPIENTS))
