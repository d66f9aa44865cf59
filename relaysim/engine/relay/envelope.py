"""The envelope: what a hub answers to MAIL FROM and RCPT TO of a host."""

from relaysim.engine.context import Context
from relaysim.engine.relay.back_pressure import Pressure
from relaysim.engine.relay.receive_connector_sessions import ConnectorSessions
from relaysim.mail import reply
from relaysim.mail.backpressure import Peer
from relaysim.plan.host_plan import Verdicts


class Envelope:
    """The replies to the envelopes of a host; `account` numbers its account (-1: none)."""

    def __init__(self, context: Context, account: int) -> None:
        self.loop, self.record, _, self.plan = context
        self.account = account

    def mail_from(
        self,
        pressure: Pressure,
        sessions: ConnectorSessions,
        source: int,
        verdicts: Verdicts,
        message: int,
    ) -> int:
        """Return the reply that refuses MAIL FROM, SIZE included; -1 if it is accepted."""
        messages, plan = self.record.messages, self.plan
        stream = messages.stream[message]
        verdict = verdicts.mail[stream]  # index into the plan's replies; -1: accepted
        if verdict >= 0:
            return self.record.replies.number(plan.replies[verdict])
        sender_is_own = plan.streams[stream].sender_is_authoritative
        if pressure.refuses_mail_from(Peer.OTHER, sender_is_own):
            return self.record.replies.number(sessions.text(reply.INSUFFICIENT_RESOURCES))
        limit = sessions.plan.max_message_size
        too_large = limit is not None and messages.size[message] > limit
        if too_large and not verdicts.bypasses_size_limit:
            return self.record.replies.number(sessions.text(reply.MESSAGE_TOO_LARGE))
        refusal = sessions.over_rate(source, self.account, self.loop.tick)
        return self.record.replies.number(refusal) if refusal else -1

    def rcpt_to(self, verdicts: Verdicts, message: int) -> list[tuple[int, int]]:
        """Return the recipients that are refused, each with the number of the reply."""
        if verdicts.relays:
            return []
        messages, recipients, replies = (
            self.record.messages,
            self.record.recipients,
            self.plan.replies,
        )
        rcpt = verdicts.rcpt  # for each domain an index into the plan's replies; -1: accepted
        first = messages.first_recipient[message]
        return [
            (recipient, self.record.replies.number(replies[rcpt[recipients.domain[recipient]]]))
            for recipient in range(first, first + messages.recipients[message])
            if rcpt[recipients.domain[recipient]] >= 0 and not recipients.status[recipient]
        ]
