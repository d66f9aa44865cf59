"""The sessions of a receive connector: the number that is open, by source, and their messages."""

from relaysim.mail import reply
from relaysim.mail.receive_verdict import admission, submission_rate
from relaysim.mail.reply import Reply, worded
from relaysim.plan.hub_plan import ConnectorPlan
from relaysim.units import MINUTE

NO_SOURCE, BY_CONNECTOR, BY_ADDRESS, BY_USER = range(4)
"""What MessageRateSource counts: nothing, all sources together, a client address, an account."""


class ConnectorSessions:
    """The sessions and the submission rate of one receive connector.

    Attributes
    ----------
    open : int
        Sessions that are open.
    from_source : dict of int to int
        Sessions by source.
    minute : int
        The minute in which `submitted` counts; -1 before the first message.
    submitted : dict of int to int
        Messages in that minute, by what MessageRateSource counts.
    queued : str
        The reply that accepts a message.
    """

    def __init__(self, plan: ConnectorPlan) -> None:
        self.plan = plan
        self.open = 0
        self.from_source: dict[int, int] = {}
        self.minute = -1
        self.submitted: dict[int, int] = {}
        self.queued = self.text(reply.QUEUED).format(message_id="id")

    def text(self, answer: Reply) -> str:
        """Return the text of a reply in the wording of the hub."""
        return str(worded(answer, self.plan.wording))

    def admit(self, source: int) -> str:
        """Open a session, unless a limit forbids it.

        Parameters
        ----------
        source : int
            Number of the client address; -1 stands for very many addresses, to which the limits of
            one source do not apply.

        Returns
        -------
        str
            The reply that refuses the connection; "" if the session is open.
        """
        plan = self.plan
        anywhere = source < 0
        refusal = admission(
            plan.max_inbound_connection,
            None if anywhere else plan.max_inbound_connection_per_source,
            100 if anywhere else plan.max_inbound_connection_percentage_per_source,
            self.open,
            0 if anywhere else self.from_source.get(source, 0),
        )
        if refusal is not None:
            return self.text(refusal)
        self.open += 1
        if not anywhere:
            self.from_source[source] = self.from_source.get(source, 0) + 1
        return ""

    def leave(self, source: int) -> None:
        """Close a session of a source; -1 as in `admit`."""
        self.open -= 1
        if source >= 0:
            self.from_source[source] -= 1

    def reset(self) -> None:
        """Forget all sessions when the hub stops."""
        self.open = 0
        self.from_source.clear()

    def over_rate(self, source: int, account: int, now: int) -> str:
        """Count a submission, unless MessageRateLimit forbids it.

        The limit applies to each minute of the clock (assumption).

        Parameters
        ----------
        source, account : int
            Number of the client address and of the account; -1 for none, which has no limit.
        now : int
            Time, microseconds.

        Returns
        -------
        str
            The reply that refuses the submission; "" if it was counted.
        """
        limit = self.plan.message_rate_limit
        counted = (-1, 0, source, account)[self.plan.message_rate_per]
        if limit is None or counted < 0:
            return ""
        if now // MINUTE != self.minute:
            self.minute = now // MINUTE
            self.submitted.clear()
        answer = submission_rate(limit, self.submitted.get(counted, 0))
        if not answer.is_success:
            return self.text(answer)
        self.submitted[counted] = self.submitted.get(counted, 0) + 1
        return ""
