"""Shadow copies: a hub acknowledges a message when another server of its site has a copy."""

from collections.abc import Generator

from relaysim.engine.kernel import ATTEMPT, Event
from relaysim.engine.relay.hub import Hub
from relaysim.engine.relay.station import RECEIVE
from relaysim.mail.backpressure import Peer
from relaysim.mail.dialogue import HUB_BANDWIDTH, transfer_time
from relaysim.trace.tables import Visit
from relaysim.traffic.draw import Decision, draw32

_SHADOW_RECEIVE = int(Visit.SHADOW_RECEIVE)
_SHADOW_COMMIT = int(Visit.SHADOW_COMMIT)
_RECEIVE_COST = int(Decision.RECEIVE_COST)


def copy_to_shadow(
    hub: Hub, epoch: int, entity: int, message: int, mails: int = 1
) -> Generator[Event, None, None]:
    """Send a copy of a committed message to the shadow server and wait for its commit.

    Parameters
    ----------
    hub : Hub
        The hub that has committed the message.
    epoch : int
        Epoch of the hub at the begin of the session.
    entity : int
        The sender of the message, which orders simultaneous events.
    message : int
        Row.
    mails : int
        Transactions that carry the message.

    Notes
    -----
    Exchange 2013 and later send the copy before the 250 (Microsoft, shadow redundancy). If no
    server takes a copy, the 250 comes without one, as RejectMessageOnShadowFailure is false by
    default. Assumptions: the copy follows the own commit, costs the shadow server as much core time
    as the message costs, and takes no room in its queue database. The 250 does not wait for
    another attempt if the copy fails.
    """
    shadow = hub.shadow
    if shadow is None or hub.epoch != epoch or not _takes_copies(shadow):
        return
    loop, record = hub.loop, hub.record
    size, recipient = record.messages.size[message], record.messages.first_recipient[message]
    shadow_epoch, attempt = shadow.epoch, record.messages.attempts[message]
    shadow.pressure.uncommitted += size
    due = loop.tick + shadow.pressure.delay + mails * transfer_time(size, HUB_BANDWIDTH)
    yield loop.at(due, ATTEMPT, entity, recipient, attempt)
    # Either hub may have stopped during the transfer,
    if shadow.epoch == shadow_epoch and hub.epoch == epoch:
        bits = draw32(record.key[recipient], _RECEIVE_COST, 0)
        work = mails * shadow.plan.receive.of(size, bits)
        yield shadow.cores.serve(RECEIVE, _SHADOW_RECEIVE, message, 0, recipient, work)
    # or while the copy waited for a core,
    if shadow.epoch == shadow_epoch and hub.epoch == epoch:
        yield shadow.database.commit(message, recipient, _SHADOW_COMMIT)
    # or while the copy waited for the commit: the caller compares the epochs of `hub`.
    shadow.pressure.uncommitted -= size


def _takes_copies(shadow: Hub) -> bool:
    pressure = shadow.pressure
    return (
        shadow.up
        and not pressure.refuses_connection()
        and not pressure.refuses_mail_from(Peer.EXCHANGE_SERVER, sender_is_authoritative=True)
    )
