"""Properties: what the engine and the checks ask of a profile, in place of its name.

A default fills a key of the scenario that an administrator may set otherwise. A property says how
the software or the organization behind a profile works; no scenario sets it.
"""

from dataclasses import dataclass

from relaysim.mail.remote_reply import Replies
from relaysim.mail.reply import Wording


@dataclass(frozen=True, slots=True)
class MtaProperties:
    """The properties of a mail server (MTA)."""

    delayed_acknowledgement: bool
    """Whether its receive connectors have `MaxAcknowledgementDelay`, which `check` then advises on.

    Where it is false, no such advice is given and no command sets the parameter.
    """
    server_authentication: bool
    """Whether it authenticates as an Exchange server when it hands mail to another hub.

    Where one of two hubs has it not, no receive connector is asked: the mail is taken.
    """
    active_directory: bool
    """Whether it is a server of an Active Directory site.

    Such servers deliver to the mailboxes of their site, and the mailbox server submits to them.
    Where a site has none, all of its hubs do.
    """
    back_pressure_delays_first: bool
    """Whether it accepts every connection under back pressure and answers MAIL FROM late.

    Where it is false, it refuses connections at the level High.
    """
    front_end: bool
    """Whether a front end without a queue answers clients and proxies mail to hubs of the site.

    Where it is true, other hubs connect to the Transport service, which has a port of its own.
    """
    linked_receive_connectors: bool
    """Whether its send connectors may have a `linked_receive_connector`."""
    wording: Wording
    """The wording of its replies.

    Postfix defers what Exchange refuses: without the right to relay it answers 454.
    """
    sends_first: bool
    """Whether a free core sends before it takes mail in, and categorizes last.

    Where it is false, all core work is first in, first out: mail that comes in slows delivery.
    """
    chooses_public_ip: bool
    """Whether it can choose the public IP of a message, by a pool or by the domain of the sender.

    Where it is false, address translation gives all of its mail one IP.
    """
    shapes_destinations: bool
    """Whether it has limits of its own for the mail to one destination (`shaping` of a hub).

    Where it is false, the limits of the hub hold for all domains alike.
    """
    end_of_support: str
    """The day on which the support of the maker ended, such as 2025-10-14; empty if it did not."""


@dataclass(frozen=True, slots=True)
class HostProperties:
    """The properties of a kind of host."""

    mailbox_submission: bool
    """Whether the mailbox server submits its mail to the hubs, past all receive connectors."""
    internet: bool
    """Whether it stands for the Internet: very many sources, all of them strangers.

    No limit of one source binds it, and `check` warns of connectors that relay for it.
    """
    culprit: bool
    """Whether its streams are culprits unless they have a `culprit` of their own."""


@dataclass(frozen=True, slots=True)
class DestinationProperties:
    """The properties of a class of receiving domains."""

    replies: Replies
    """The wording of its replies; it changes no verdict."""
    panel_junk: float = 0.0
    """The share of marketing mail in its junk folders by a published panel; 0 where none has it."""


@dataclass(frozen=True, slots=True)
class BlocklistProperties:
    """The properties of a blocklist."""

    zone: str
    """The DNS zone that receivers ask; empty if none is known.

    Lists of one zone are asked at once: a domain that uses one of them uses all.
    """
    operator: str
    """The operator of the list: lists of one operator see the same spam traps."""


@dataclass(frozen=True, slots=True)
class RelayProperties:
    """The properties of a relay service."""

    provider: str
    """The provider: relay services of one provider share the limits of the tenant."""
    refuses_support_ended_before: str
    """Exchange servers whose support ended before this day, such as 2025-10-14, are refused.

    Those whose support ended later are throttled and then refused in stages. Empty if the service
    does not look at the version.
    """


Properties = (
    MtaProperties | HostProperties | DestinationProperties | BlocklistProperties | RelayProperties
)
