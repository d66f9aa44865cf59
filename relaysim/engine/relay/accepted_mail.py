"""The messages that a hub has accepted, in the order of acceptance."""

from array import array


class AcceptedMail:
    """One entry for each acceptance: of a message from a host, or of a transaction from a hub.

    Attributes
    ----------
    message : array of int
        Row of the message.
    time : array of int
        Time of acceptance, microseconds.
    parent : array of int
        Transaction by which another hub handed it over; -1 for a message of a host and for a DSN.
    """

    def __init__(self) -> None:
        self.message = array("q")
        self.time = array("q")
        self.parent = array("q")

    def __len__(self) -> int:
        return len(self.message)
