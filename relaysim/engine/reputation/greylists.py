"""The greylists of the receiving domains that have one."""

from collections.abc import Iterable

from relaysim.engine.context import Context
from relaysim.engine.reputation.listings import PARTIES
from relaysim.engine.reputation.mailing_lists import MailingLists
from relaysim.mail.greylisting import Greylist
from relaysim.plan.queue_plan import QueuePlan


class Greylists:
    """Which senders the domains that greylist know.

    Parameters
    ----------
    mailing_lists : MailingLists
        Say which recipients have the same address.
    domains : iterable of int
        The domains that greylist.

    Attributes
    ----------
    domains : frozenset of int
        The domains that greylist.
    of : dict of int to Greylist
        By domain, from its first transaction on.
    """

    def __init__(
        self, context: Context, mailing_lists: MailingLists, domains: Iterable[int]
    ) -> None:
        self.loop, self.record, self.transactions, self.plan = context
        self.mailing_lists, self.domains = mailing_lists, frozenset(domains)
        self.of: dict[int, Greylist] = {}

    def _of(self, queue: QueuePlan) -> Greylist:
        greylist = self.of.get(queue.domain)
        if greylist is None:
            rules = self.plan.receivers[queue.receiver].greylist
            assert rules is not None, "the draws are of this plan"
            greylist = self.of[queue.domain] = Greylist(rules)
        return greylist

    def admit(self, queue: QueuePlan, transaction: int) -> bool:
        """Return whether a domain accepts the recipients of a transaction now.

        The transaction is deferred as a whole if one of its recipients is (assumption). The streams
        share the count of passes of an IP where they share its reputation.
        """
        if queue.domain not in self.domains:
            return True
        greylist = self._of(queue)
        message = self.transactions.message[transaction]
        stream = self.plan.streams[self.record.messages.stream[message]]
        client = queue.egress * PARTIES + stream.ip_party
        network, now = self.plan.egress[queue.egress].network, self.loop.tick
        # Every recipient is asked, because the greylist remembers each.
        answers = [
            greylist.admits(now, client, network, self.mailing_lists.person(recipient))
            for recipient in self.transactions.recipients(transaction)
        ]
        return all(answers)
