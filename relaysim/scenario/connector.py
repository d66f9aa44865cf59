"""Receive and send connectors. Every key has the name of its Exchange parameter."""

from typing import Annotated

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator

from relaysim import units
from relaysim.mail.address import AddressRange, Binding, parse_binding, parse_range
from relaysim.mail.auth import AuthMechanism, auth_problems, parse_mechanism
from relaysim.mail.principal import parse_user
from relaysim.mail.receive_connector import (
    MessageRateSource,
    TransportRole,
    parse_rate_source,
    parse_transport_role,
)
from relaysim.mail.rights import PermissionGroup, Right, parse_group, parse_right
from relaysim.mail.send_connector import AddressSpace, parse_address_space
from relaysim.mail.usage import Usage, parse_usage
from relaysim.scenario.core_time import CoreTime
from relaysim.scenario.table import Duration, Limit, Many, SizeLimit, Table


def _per_minute(value: object) -> int | None:
    rate = units.unlimited(units.rate)(value)
    if rate is None:
        return None
    minutely = rate * 60
    # Rates are per second; Exchange counts whole messages a minute.
    if minutely.denominator != 1 or minutely < 1:
        raise ValueError(f'{value!r} is not a whole number of messages a minute, such as "5/min"')
    return int(minutely)


class Permission(Table):
    """Rights added singly, as `Add-ADPermission -User ... -ExtendedRights ...` does."""

    user: Annotated[str, BeforeValidator(parse_user)]
    """The user with the rights."""
    extended_rights: Many[Annotated[Right, BeforeValidator(parse_right)]]
    """The rights, by their names in Active Directory."""


class ReceiveConnector(Table):
    """A receive connector, with the parameters of `New-ReceiveConnector`.

    Sizes in bytes, times in microseconds, `message_rate_limit` in messages a minute; None is
    "unlimited". `usage` sets groups and mechanisms as Exchange does, unless they are written.
    """

    name: str
    """The key of its table; no file writes it."""
    enabled: bool = True
    """Whether it answers."""
    transport_role: Annotated[TransportRole, BeforeValidator(parse_transport_role)]
    """The service that has it; the front end hands each message to a hub of the site.

    A message with a mailbox among its first 20 recipients goes to a hub of `mailboxes.site`.
    """
    usage: Annotated[Usage, BeforeValidator(parse_usage)] | None = None
    """Sets permission groups and mechanisms as Exchange does for this use, unless written."""
    bindings: Annotated[
        Many[Annotated[Binding, BeforeValidator(parse_binding)]], Field(min_length=1)
    ]
    """Local addresses and ports that it listens on."""
    remote_ip_ranges: Annotated[
        Many[Annotated[AddressRange, BeforeValidator(parse_range)]], Field(min_length=1)
    ]
    """Addresses of clients that it answers; of several connectors the narrowest fits."""
    permission_groups: Many[Annotated[PermissionGroup, BeforeValidator(parse_group)]] = ()
    """Groups that may submit, with the rights that come with them."""
    auth_mechanism: Many[Annotated[AuthMechanism, BeforeValidator(parse_mechanism)]] = ()
    """The mechanisms of authentication, and TLS."""
    permissions: Many[Permission] = ()
    """Rights given singly, such as that to relay."""
    max_inbound_connection: Limit
    """Connections at a time."""
    max_inbound_connection_per_source: Limit
    """Connections at a time from one address."""
    max_inbound_connection_percentage_per_source: Annotated[int, Field(ge=1, le=100)]
    """Connections from one address, in percent of those still free."""
    message_rate_limit: Annotated[int | None, BeforeValidator(_per_minute)]
    """Messages a minute from one client."""
    message_rate_source: Annotated[MessageRateSource, BeforeValidator(parse_rate_source)]
    """What counts as one client: its address, its account, or both."""
    max_message_size: SizeLimit
    """The largest message that it takes."""
    max_recipients_per_message: Limit
    """The most recipients that a message may have here; more get 452."""
    tarpit_interval: Duration
    """Delay of an error reply to an anonymous client."""
    max_acknowledgement_delay: Duration
    """How long the final 250 may wait for delivery; 0 is no delay."""
    receive_cost: CoreTime | None = None
    """Core time to take a message in by it, such as with a content filter; else that of the hub.

    The hub that takes the message spends it: behind a front end the one that this hands it to.
    """

    @field_validator("auth_mechanism")
    @classmethod
    def _mechanisms_agree(
        cls, mechanisms: tuple[AuthMechanism, ...], info: ValidationInfo
    ) -> tuple[AuthMechanism, ...]:
        # Groups that are wrong themselves are absent here: with all groups no second problem
        # follows.
        groups = info.data.get("permission_groups", tuple(PermissionGroup))
        problems = auth_problems(mechanisms, groups)
        if problems:
            raise ValueError("; ".join(problems))
        return mechanisms


class SendConnector(Table):
    r"""A send connector of the organization, with the parameters of `New-SendConnector`.

    `linked_receive_connector` is `HUB\name`; as in Exchange the connector then needs smart
    hosts, no address spaces and no size limit.
    """

    name: str
    """The key of its table; no file writes it."""
    enabled: bool = True
    """Whether it is used."""
    source_transport_servers: Annotated[Many[str], Field(min_length=1)]
    """The hubs that send by it."""
    linked_receive_connector: str | None = None
    """Carries all mail that came in by this receive connector, for any recipient."""
    address_spaces: Annotated[
        Many[Annotated[AddressSpace, BeforeValidator(parse_address_space)]],
        Field(validate_default=True),
    ] = ()
    """Domains that it serves, such as "SMTP:*;1": the most specific, then the cheapest."""
    smart_hosts: Many[str] = ()
    """Relays that mail goes to instead of the receiving domain."""
    dns_routing_enabled: Annotated[bool, Field(validate_default=True)] = True
    """Whether mail goes straight to the receiving domain; the default is false with smart hosts."""
    max_message_size: SizeLimit
    """The largest message that it sends."""
    smtp_max_messages_per_connection: Limit
    """Messages that one connection carries."""
    port: Annotated[int, Field(ge=1, le=65535)] = 25
    """The port that it connects to."""
    ignore_starttls: bool = False
    """Whether it sends without TLS, although the other side offers STARTTLS."""
    frontend_proxy_enabled: bool = False
    """Whether mail leaves through a front end of the hub's site, by the public IP of its server."""
    send_cost: CoreTime | None = None
    """Core time to send a transaction by it, instead of that of the hub; not to its source server.
    """

    @field_validator("dns_routing_enabled")
    @classmethod
    def _one_way_out(cls, dns_routing_enabled: bool, info: ValidationInfo) -> bool:
        smart_hosts = info.data.get("smart_hosts")
        if smart_hosts and dns_routing_enabled:
            raise ValueError("smart_hosts need dns_routing_enabled = false")
        if smart_hosts == () and not dns_routing_enabled:
            raise ValueError("without DNS routing smart_hosts are needed")
        if info.data.get("linked_receive_connector") is not None and smart_hosts == ():
            raise ValueError("a connector with linked_receive_connector needs smart_hosts")
        return dns_routing_enabled

    @field_validator("address_spaces")
    @classmethod
    def _has_a_space_or_a_link(
        cls, spaces: tuple[AddressSpace, ...], info: ValidationInfo
    ) -> tuple[AddressSpace, ...]:
        # ...: the link is wrong itself, which is neither None nor text, so no second problem
        # follows.
        linked = info.data.get("linked_receive_connector", ...)
        if linked is None and not spaces:
            raise ValueError('at least one address space is needed, such as "SMTP:*;1"')
        if isinstance(linked, str) and spaces:
            raise ValueError("a connector with linked_receive_connector has no address spaces")
        return spaces

    @field_validator("max_message_size")
    @classmethod
    def _is_no_limit_for_a_link(cls, size: int | None, info: ValidationInfo) -> int | None:
        if info.data.get("linked_receive_connector") is not None and size is not None:
            raise ValueError('a connector with linked_receive_connector needs "unlimited"')
        return size
