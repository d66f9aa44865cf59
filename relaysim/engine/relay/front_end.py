"""Front ends: they have no queue and proxy each message to the Transport service of a hub."""

from collections.abc import Sequence

from relaysim.engine.relay.hub import Hub
from relaysim.traffic.draw import Decision, draw32

_PROXY = int(Decision.PROXY)


def taker(hub: Hub, proxies_to: Sequence[int], hubs: Sequence[Hub], key: int, attempt: int) -> Hub:
    """Return the hub that takes a message of a session.

    Parameters
    ----------
    hub : Hub
        The hub that answers the session, and is up.
    proxies_to : sequence of int
        Numbers of the hubs that the front end proxies to; empty without a front end.
    hubs : sequence of Hub
        All hubs, by number.
    key, attempt : int
        Key of the first recipient, and number of the attempt of the host: they fix the draw.

    Notes
    -----
    The front end of Exchange 2013 and later proxies at random to a healthy server of the site
    (Microsoft, mail routing). Healthy means here that the server runs (assumption).
    """
    if not proxies_to:
        return hub
    up = [hubs[number] for number in proxies_to if hubs[number].up]
    return up[draw32(key, _PROXY, attempt) * len(up) >> 32]
