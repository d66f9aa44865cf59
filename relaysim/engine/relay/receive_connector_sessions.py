"""A receive connector at work: how many sessions it has, from whom, and how many messages."""

from relaysim.mail.receive_verdict import admission, submission_rate
from relaysim.plan.plan import ConnectorPlan

_MINUTE = 60_000_000
NO_SOURCE, BY_CONNECTOR, BY_ADDRESS, BY_USER = range(4)
"""What MessageRateSource counts: nothing, all together, a client address, an account."""


class Listener:
    """The sessions and the submission rate of one receive connector."""

    def __init__(self, plan: ConnectorPlan) -> None:
        self.plan = plan
        self.open = 0
        self.from_source: dict[int, int] = {}
        self.minute = -1
        self.submitted: dict[int, int] = {}

    def admit(self, source: int) -> str:
        """Let a connection of a source in, or give the reply that turns it away; "" is in.

        Source -1 stands for very many addresses: no limit of one source binds it.
        """
        plan = self.plan
        many = source < 0
        answer = admission(
            plan.max_inbound_connection,
            None if many else plan.max_inbound_connection_per_source,
            100 if many else plan.max_inbound_connection_percentage_per_source,
            self.open,
            0 if many else self.from_source.get(source, 0),
        )
        if answer is not None:
            return str(answer)
        self.open += 1
        if not many:
            self.from_source[source] = self.from_source.get(source, 0) + 1
        return ""

    def leave(self, source: int) -> None:
        """A session ends."""
        self.open -= 1
        if source >= 0:
            self.from_source[source] -= 1

    def reset(self) -> None:
        """The hub stopped: all sessions are gone."""
        self.open = 0
        self.from_source.clear()

    def over_rate(self, source: int, account: int, now: int) -> str:
        """Count a submission, or give the reply that refuses it; "" is counted.

        The limit is on each minute of the clock (assumption). What has no source of the kind that
        is counted (-1) is not limited.
        """
        limit = self.plan.message_rate_limit
        counted = (-1, 0, source, account)[self.plan.message_rate_per]
        if limit is None or counted < 0:
            return ""
        if now // _MINUTE != self.minute:
            self.minute = now // _MINUTE
            self.submitted.clear()
        answer = submission_rate(limit, self.submitted.get(counted, 0))
        if not answer.is_success:
            return str(answer)
        self.submitted[counted] = self.submitted.get(counted, 0) + 1
        return ""
