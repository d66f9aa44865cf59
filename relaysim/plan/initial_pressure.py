"""Back pressure at the start of the run, and the replies that it causes.

The rules are those of `relaysim.mail.backpressure`. Pressure that mail itself builds up shows only
in a run.
"""

from relaysim.mail import reply
from relaysim.mail.address import domain_of
from relaysim.mail.backpressure import (
    Level,
    Peer,
    refuses_connection,
    refuses_mail_from,
)
from relaysim.mail.domains import is_authoritative
from relaysim.mail.reply import Reply
from relaysim.mail.watched_drive import level_at_start
from relaysim.scenario.host import Host
from relaysim.scenario.hub import Hub
from relaysim.scenario.model import Scenario


def at_start(hub: Hub) -> Level:
    """Return the level of back pressure by the drives of a hub at the first poll."""
    return level_at_start(hub.back_pressure.drives())


def delays_first(hub: Hub) -> bool:
    """Return whether a hub under pressure takes connections and answers late (2010, not 2007)."""
    return hub.properties.back_pressure_delays_first


def greeting(hub: Hub) -> Reply | None:
    """Return the reply to a connection under back pressure at the start; None for the banner."""
    refused = refuses_connection(at_start(hub), delays_first(hub))
    return reply.SERVICE_NOT_AVAILABLE if refused else None


def mail_from_hub(hub: Hub) -> Reply | None:
    """Return the reply to MAIL FROM of another hub under back pressure; None without."""
    refused = refuses_mail_from(at_start(hub), Peer.EXCHANGE_SERVER, sender_is_authoritative=True)
    return reply.INSUFFICIENT_RESOURCES if refused else None


def mail_from(scenario: Scenario, hub: Hub, host: Host, sender: str) -> Reply | None:
    """Return the reply to MAIL FROM under back pressure at the start.

    Parameters
    ----------
    scenario
        The design, for its accepted domains.
    hub
        The hub that is asked.
    host
        The host that sends. Mailbox users submit by the mailbox server, which High refuses too.
    sender
        The envelope sender.

    Returns
    -------
    Reply or None
        `452 4.3.1 Insufficient system resources`; None where pressure refuses nothing.
    """
    mailbox = host.properties.mailbox_submission
    domain = domain_of(sender)
    sender_is_own = mailbox or (
        bool(domain) and is_authoritative(scenario.organization.domains, domain)
    )
    peer = Peer.MAILBOX_SERVER if mailbox else Peer.OTHER
    refused = refuses_mail_from(at_start(hub), peer, sender_is_own)
    return reply.INSUFFICIENT_RESOURCES if refused else None
