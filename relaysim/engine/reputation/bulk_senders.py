"""Bulk senders: the registered domains that have sent a provider much mail within 24 hours."""

from relaysim.engine.kernel import EventLoop
from relaysim.mail.relay_limits import Window
from relaysim.plan.plan import Plan
from relaysim.plan.stream_plan import StreamPlan
from relaysim.units import DAY


class BulkSenders:
    """What each provider counts of each registered domain, whatever the public IP.

    A domain is a bulk sender for good once as many of its recipients as `bulk_from` were accepted
    within 24 hours.

    Attributes
    ----------
    known : set of (int, str, int)
        Bulk senders by receiver, registered domain and party.
    windows : dict of (int, str, int) to Window
        The recipients of the last 24 hours of other domains.

    Notes
    -----
    Google, sender guidelines FAQ: close to 5,000 messages or more to personal accounts within 24
    hours, counted by primary domain; senders who meet this once are bulk senders permanently.
    """

    def __init__(self, loop: EventLoop, plan: Plan) -> None:
        self.loop, self.plan = loop, plan
        self.known: set[tuple[int, str, int]] = set()
        self.windows: dict[tuple[int, str, int], Window] = {}

    def has(self, receiver: int, stream: StreamPlan) -> bool:
        """Return whether the domain of a stream is a bulk sender; all are without a threshold."""
        known_before = stream.sender is not None and stream.sender.bulk_sender
        return (
            known_before
            or not self.plan.receivers[receiver].bulk_from
            or self._key(receiver, stream) in self.known
        )

    def count(self, receiver: int, stream: StreamPlan, recipients: int) -> None:
        """Count recipients that a provider accepted, but not those of streams that never count."""
        most, key = self.plan.receivers[receiver].bulk_from, self._key(receiver, stream)
        if not most or not stream.counted or key in self.known:
            return
        window = self.windows.setdefault(key, Window(DAY, rolls=True))
        if window.used_at(self.loop.tick) + recipients >= most:
            self.known.add(key)
        window.add(self.loop.tick, recipients)

    def _key(self, receiver: int, stream: StreamPlan) -> tuple[int, str, int]:
        assert stream.sender is not None
        return receiver, stream.sender.primary, stream.domain_party
