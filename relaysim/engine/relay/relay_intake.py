"""Relay services that hosts submit to straight: connections, limits and replies."""

from relaysim.engine.context import Context
from relaysim.engine.reputation.receiver import Internet
from relaysim.plan.host_plan import SubmissionTarget
from relaysim.plan.hub_plan import ConnectorPlan
from relaysim.traffic.draw import Decision, draw32, looked_up, relay_counter

_CONNECT_TIME, _RESPONSE_TIME = int(Decision.CONNECT_TIME), int(Decision.RESPONSE_TIME)
_CONNECT_FAILURE, _DEFER = int(Decision.CONNECT_FAILURE), int(Decision.DEFER)


class RelayIntake:
    """What a relay service does with the sessions and messages of hosts.

    The draws are those that a hub has at the service: of the first recipient and the attempt.
    """

    def __init__(self, context: Context, internet: Internet) -> None:
        self.loop, self.record, _, self.plan = context
        self.internet, self.limits = internet, internet.relay_limits

    def _draw(self, connector: ConnectorPlan, decision: int, message: int) -> int:
        messages = self.record.messages
        key = self.record.key[messages.first_recipient[message]]
        return draw32(key, decision, relay_counter(connector.relay, messages.attempts[message]))

    # Connections.

    def connect_time(self, connector: ConnectorPlan, message: int) -> int:
        """Return how long a connection takes, up to the first MAIL FROM; microseconds."""
        law = self.plan.receivers[connector.receiver].connect_time
        return looked_up(law, self._draw(connector, _CONNECT_TIME, message))

    def greeting(self, connector: ConnectorPlan, target: SubmissionTarget, message: int) -> int:
        """Return the number of the reply that refuses a connection; -1: it counts as open."""
        receiver, outages = connector.receiver, self.internet.outages
        if outages.of[receiver] or outages.lost_hosts[receiver]:
            return self.internet.unable
        failure = self.plan.receivers[receiver].connect_failure
        if failure and self._draw(connector, _CONNECT_FAILURE, message) < failure:
            return self.internet.unable
        return self.limits.connect(connector.relay, target.source)

    def leave(self, connector: ConnectorPlan, target: SubmissionTarget) -> None:
        """Count the end of a connection."""
        self.limits.disconnect(connector.relay, target.source)

    # Messages.

    def rcpt_to(
        self, connector: ConnectorPlan, target: SubmissionTarget, message: int
    ) -> list[tuple[int, int]]:
        """Return the recipients that a limit refuses, each with its reply; count the others."""
        messages, status = self.record.messages, self.record.recipients.status
        first = messages.first_recipient[message]
        rows = range(first, first + messages.recipients[message])
        waiting = [recipient for recipient in rows if not status[recipient]]
        _, refused = self.limits.admit(connector.relay, target.source, waiting)
        return [(recipient, reply) for rows, reply in refused for recipient in rows]

    def reply_time(self, connector: ConnectorPlan, target: SubmissionTarget, message: int) -> int:
        """Book a message that the service takes; return the wait for its replies, microseconds.

        A limit may hold it until a later window.
        """
        law = self.plan.receivers[connector.receiver].response_time
        held = self.limits.held_until(connector.relay, target.source) - self.loop.tick
        return held + looked_up(law, self._draw(connector, _RESPONSE_TIME, message))

    def content(self, connector: ConnectorPlan, message: int) -> int:
        """Return the number of the reply that defers a message after its content; -1: none."""
        receiver = self.plan.receivers[connector.receiver]
        if receiver.defer and self._draw(connector, _DEFER, message) < receiver.defer:
            return self.record.replies.number(receiver.deferral)
        return -1
