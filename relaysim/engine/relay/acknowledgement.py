"""Delayed acknowledgements: sessions that wait for delivery before their 250."""

from relaysim.engine.kernel import Event, EventLoop


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


class Acknowledgements:
    """The delayed acknowledgements of a hub, by message."""

    def __init__(self, loop: EventLoop) -> None:
        self.loop = loop
        self.waiting: dict[int, Acknowledgement] = {}

    def delay(self, message: int) -> Event:
        """Return the event that a session waits for before its 250; call before `Hub.accept`."""
        event = Event(self.loop, message)
        self.waiting[message] = Acknowledgement(event)
        return event

    def routed(self, message: int, transactions: int) -> None:
        """Note how many transactions a message has, if its session waits for them."""
        if self.waiting:
            acknowledgement = self.waiting.get(message)
            if acknowledgement is not None:
                acknowledgement.remaining = transactions

    def transaction_done(self, message: int) -> None:
        """Acknowledge a message after the last of its transactions."""
        if self.waiting:
            acknowledgement = self.waiting.get(message)
            if acknowledgement is not None:
                acknowledgement.remaining -= 1
                if acknowledgement.remaining == 0:
                    self.end(message)

    def end(self, message: int) -> None:
        """End the wait of the session of a message, if it still waits."""
        acknowledgement = self.waiting.pop(message, None)
        if acknowledgement is not None:
            acknowledgement.event.run_callbacks()

    def delay_over(self, timer: Event) -> None:
        """Acknowledge a message when MaxAcknowledgementDelay is over."""
        self.end(timer.row)

    def end_all(self) -> None:
        """End all waits, because the hub stops."""
        for message in list(self.waiting):
            self.end(message)
