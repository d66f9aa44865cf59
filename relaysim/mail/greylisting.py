"""Greylisting: mail of an unknown sender is deferred until it is tried again.

Pure rules: each call gives the time.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from relaysim.units import HOUR


@dataclass(frozen=True, slots=True)
class GreylistRules:
    """The rules of a greylist; times in microseconds.

    Parameters
    ----------
    delay : int
        Time from the first try of a triplet to the first one that passes; above zero.
    retry_window : int
        Time after the first try in which the triplet has to come again; later it is a first try.
    max_age : int
        Time after which a triplet or a client that has not been seen is forgotten.
    auto_whitelist_clients : int
        Passes, at most one an hour, after which all mail of a client passes; 0: never.
    """

    delay: int
    retry_window: int
    max_age: int
    auto_whitelist_clients: int


@dataclass(slots=True)
class _Triplet:
    first: int
    last: int


@dataclass(slots=True)
class _Client:
    passes: int
    last: int


class Greylist:
    """What one receiver knows of triplets (network, sender, recipient) and of clients.

    Parameters
    ----------
    rules : GreylistRules
        The rules.

    Notes
    -----
    The rules are those of postgrey: a triplet has the network of the client, while the count
    of passes is that of the client itself. A pass counts when the triplet passes for the first
    time, and at least an hour after the last pass that counted. postgrey removes old entries once a
    night; here they count no more from their last moment on.
    """

    def __init__(self, rules: GreylistRules) -> None:
        self.rules = rules
        self._triplets: dict[tuple[int, int], _Triplet] = {}
        self._clients: dict[int, _Client] = {}

    def admits(self, time: int, client: int, network: int, person: int) -> bool:
        """Return whether a recipient is accepted, and remember the try.

        Parameters
        ----------
        time : int
            Now, microseconds.
        client, network : int
            Number of the client, and of its network.
        person : int
            Number of the pair of sender and recipient.
        """
        rules = self.rules
        known = self._clients.get(client)
        if known is not None and time - known.last > rules.max_age:
            known = None
        if known is not None and 0 < rules.auto_whitelist_clients <= known.passes:
            if time >= known.last + HOUR:
                known.last = time
            return True
        triplet = self._triplets.get((network, person))
        if triplet is None or time - triplet.last > rules.max_age:
            self._triplets[network, person] = _Triplet(time, time)
            return False
        passed_before = triplet.last - triplet.first >= rules.delay
        if not passed_before and time - triplet.first > rules.retry_window:
            triplet.first = time
        triplet.last = time
        if time - triplet.first < rules.delay:
            return False
        if not passed_before:
            if known is None:
                self._clients[client] = _Client(1, time)
            elif time >= known.last + HOUR:
                known.passes, known.last = known.passes + 1, time
        return True


def wait(rules: GreylistRules, tries: Iterable[int]) -> int | None:
    """Return how long mail of a new sender waits.

    Parameters
    ----------
    rules : GreylistRules
        The rules of the receiver.
    tries : iterable of int
        Times at which the hub tries the message, in order, microseconds; the first one begins the
        wait.

    Returns
    -------
    int or None
        Microseconds; None if none of the tries passes.
    """
    greylist, first = Greylist(rules), None
    for time in tries:
        if first is None:
            first = time
        if greylist.admits(time, 0, 0, 0):
            return time - first
    return None
