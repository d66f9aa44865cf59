"""Delayed acknowledgements: sessions that wait for delivery before their 250."""

from relaysim.engine.kernel import Event


class Acknowledgement:
    """A delayed acknowledgement: a session waits for the transactions of its message.

    Attributes
    ----------
    remaining : int
        Transactions that are not delivered or bounced; -1 until the message is routed.
    event : Event
        Triggered at the end of the wait.
    """

    __slots__ = ("event", "remaining")

    def __init__(self, event: Event) -> None:
        self.remaining, self.event = -1, event
