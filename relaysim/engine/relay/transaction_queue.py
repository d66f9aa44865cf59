"""What a hub needs of its delivery queues."""

from typing import Protocol


class TransactionQueue(Protocol):
    """The interface of a delivery queue to its hub.

    Hub and queue refer to each other: the hub puts transactions in, the queue reports how they
    ended.
    """

    started: dict[int, tuple[int, int]]

    def add(self, transaction: int) -> None:
        """Add a transaction that is ready to be sent, without a connection for it yet."""

    def pump(self) -> None:
        """Open connections for the transactions that wait, as far as the limits allow."""

    def expire(self, transaction: int) -> None:
        """Expire a transaction that is on no connection."""

    def stop(self) -> None:
        """Drop all connections when the hub stops."""

    def start(self) -> None:
        """Try the queue when the hub starts again."""

    def record_wait(self, transaction: int) -> None:
        """Record that a transaction still waits when the run ends."""

    def close(self) -> None:
        """Record what still waits when the run ends."""
