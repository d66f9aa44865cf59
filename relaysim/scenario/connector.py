"""Receive and send connectors. Every key bears the name of its Exchange parameter."""

from typing import Annotated

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator

from relaysim import units
from relaysim.mail.address import AddressRange, Binding, parse_binding, parse_range
from relaysim.mail.auth import AuthMechanism, auth_problems, parse_mechanism
from relaysim.mail.connector import MessageRateSource, parse_rate_source
from relaysim.mail.rights import (
    PermissionGroup,
    Right,
    parse_group,
    parse_right,
    parse_user,
)
from relaysim.mail.send import AddressSpace, parse_address_space
from relaysim.mail.usage import Usage, parse_usage
from relaysim.scenario.table import Duration, Limit, Many, SizeLimit, Table


def _per_minute(value: object) -> int | None:
    rate = units.unlimited(units.rate)(value)
    if rate is None:
        return None
    minutely = rate * 60
    if minutely.denominator != 1 or minutely < 1:
        raise ValueError(f'{value!r} is not a whole number of messages a minute, such as "5/min"')
    return int(minutely)


class Permission(Table):
    """Rights added singly, as `Add-ADPermission -User ... -ExtendedRights ...` does."""

    user: Annotated[str, BeforeValidator(parse_user)]
    extended_rights: Many[Annotated[Right, BeforeValidator(parse_right)]]


class ReceiveConnector(Table):
    """A receive connector, with the parameters of `New-ReceiveConnector`.

    Sizes in bytes, times in microseconds, `message_rate_limit` in messages a minute; None is
    "unlimited". `usage` sets groups and mechanisms as Exchange does, unless they are written.
    """

    name: str
    enabled: bool = True
    usage: Annotated[Usage, BeforeValidator(parse_usage)] | None = None
    bindings: Annotated[
        Many[Annotated[Binding, BeforeValidator(parse_binding)]], Field(min_length=1)
    ]
    remote_ip_ranges: Annotated[
        Many[Annotated[AddressRange, BeforeValidator(parse_range)]], Field(min_length=1)
    ]
    permission_groups: Many[Annotated[PermissionGroup, BeforeValidator(parse_group)]] = ()
    auth_mechanism: Many[Annotated[AuthMechanism, BeforeValidator(parse_mechanism)]] = ()
    permissions: Many[Permission] = ()
    max_inbound_connection: Limit
    max_inbound_connection_per_source: Limit
    max_inbound_connection_percentage_per_source: Annotated[int, Field(ge=1, le=100)]
    message_rate_limit: Annotated[int | None, BeforeValidator(_per_minute)]
    message_rate_source: Annotated[MessageRateSource, BeforeValidator(parse_rate_source)]
    max_message_size: SizeLimit
    max_recipients_per_message: Limit
    tarpit_interval: Duration
    max_acknowledgement_delay: Duration

    @field_validator("auth_mechanism")
    @classmethod
    def _mechanisms_agree(
        cls, mechanisms: tuple[AuthMechanism, ...], info: ValidationInfo
    ) -> tuple[AuthMechanism, ...]:
        groups = info.data.get("permission_groups", tuple(PermissionGroup))
        problems = auth_problems(mechanisms, groups)
        if problems:
            raise ValueError("; ".join(problems))
        return mechanisms


class SendConnector(Table):
    r"""A send connector of the organization, with the parameters of `New-SendConnector`.

    `linked_receive_connector` is `HUB\name`; as in Exchange it asks for smart hosts, no address
    spaces and no size limit.
    """

    name: str
    enabled: bool = True
    source_transport_servers: Annotated[Many[str], Field(min_length=1)]
    linked_receive_connector: str | None = None
    address_spaces: Annotated[
        Many[Annotated[AddressSpace, BeforeValidator(parse_address_space)]],
        Field(validate_default=True),
    ] = ()
    smart_hosts: Many[str] = ()
    dns_routing_enabled: Annotated[bool, Field(validate_default=True)] = True
    max_message_size: SizeLimit
    smtp_max_messages_per_connection: Limit
    port: Annotated[int, Field(ge=1, le=65535)] = 25

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
