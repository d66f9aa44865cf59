"""The properties of a receive connector that the rules use."""

# ruff: noqa: D102 -- the properties are Exchange's parameters; the class describes them

from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import Protocol

from relaysim.mail.address import AddressRange, Binding
from relaysim.mail.auth import AuthMechanism
from relaysim.mail.rights import PermissionGroup, PermissionLike
from relaysim.mail.spelling import parse_name


class MessageRateSource(StrEnum):
    """What counts as one source for MessageRateLimit."""

    NONE = "None"
    IP_ADDRESS = "IPAddress"
    USER = "User"
    ALL = "All"


def parse_rate_source(text: object) -> MessageRateSource:
    """Return the rate source, in any case; raise ValueError with the nearest."""
    return parse_name(MessageRateSource, text, "a message rate source")


class TransportRole(StrEnum):
    """The service of a server that has a receive connector.

    In Exchange 2013 and later clients meet the front end, which has no queue and proxies each
    message to a Transport service (Microsoft, mail flow and the transport pipeline). Before, a
    server has the Transport service alone.
    """

    FRONTEND_TRANSPORT = "FrontendTransport"
    HUB_TRANSPORT = "HubTransport"


FIRST_RECIPIENTS = 20
"""The recipients by whose mailboxes a front end chooses a Transport service: the first 20 of a
message (Microsoft, mail routing of 2013 and 2016)."""


def parse_transport_role(text: object) -> TransportRole:
    """Return the transport role, in any case; raise ValueError with the nearest."""
    return parse_name(TransportRole, text, "a transport role")


class ReceiveConnector(Protocol):
    """A receive connector of one hub, with Exchange's parameter names.

    Sizes in bytes, times in microseconds, `message_rate_limit` in messages a minute,
    `max_inbound_connection_percentage_per_source` from 1 to 100; None is "unlimited".
    `message_rate_source` is a value of `MessageRateSource`.
    """

    @property
    def name(self) -> str: ...
    @property
    def enabled(self) -> bool: ...
    @property
    def bindings(self) -> Sequence[Binding]: ...
    @property
    def remote_ip_ranges(self) -> Sequence[AddressRange]: ...
    @property
    def permission_groups(self) -> Collection[PermissionGroup]: ...
    @property
    def auth_mechanism(self) -> Collection[AuthMechanism]: ...
    @property
    def permissions(self) -> Sequence[PermissionLike]: ...
    @property
    def max_inbound_connection(self) -> int | None: ...
    @property
    def max_inbound_connection_per_source(self) -> int | None: ...
    @property
    def max_inbound_connection_percentage_per_source(self) -> int: ...
    @property
    def message_rate_limit(self) -> int | None: ...
    @property
    def message_rate_source(self) -> str: ...
    @property
    def max_message_size(self) -> int | None: ...
    @property
    def max_recipients_per_message(self) -> int | None: ...
    @property
    def tarpit_interval(self) -> int: ...
    @property
    def max_acknowledgement_delay(self) -> int: ...
