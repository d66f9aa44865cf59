"""The connectors of the usual one-hub company, for the tests of the rules."""

from dataclasses import dataclass
from ipaddress import ip_address

from relaysim.mail.address import AddressRange, Binding, parse_binding, parse_range
from relaysim.mail.auth import AuthMechanism, parse_mechanism
from relaysim.mail.domains import AcceptedDomainType
from relaysim.mail.rights import ANONYMOUS, Permission, PermissionGroup, Right, parse_group
from relaysim.mail.send_connector import AddressSpace, parse_address_space

ALL_IPV4 = "0.0.0.0-255.255.255.255"
MB = 1024 * 1024
MAIN, INTERNAL, EXTERNAL = (ip_address(f"192.168.168.{n}") for n in (169, 170, 171))
SHAREPOINT = ip_address("192.168.168.50")
ANTIVIRUS = ip_address("192.168.168.100")
MARKETING = ip_address("10.10.20.30")

DOMAINS = {
    "cozumpark.com": AcceptedDomainType.AUTHORITATIVE,
    "plant.example": AcceptedDomainType.INTERNAL_RELAY,
    "partner.example": AcceptedDomainType.EXTERNAL_RELAY,
}


@dataclass(frozen=True, slots=True)
class Receive:
    """A receive connector with the defaults of Exchange 2010."""

    name: str
    bindings: tuple[Binding, ...] = (parse_binding("0.0.0.0:25"),)
    remote_ip_ranges: tuple[AddressRange, ...] = (parse_range(ALL_IPV4),)
    permission_groups: tuple[PermissionGroup, ...] = ()
    auth_mechanism: tuple[AuthMechanism, ...] = (AuthMechanism.TLS,)
    permissions: tuple[Permission, ...] = ()
    enabled: bool = True
    max_inbound_connection: int | None = 5000
    max_inbound_connection_per_source: int | None = 20
    max_inbound_connection_percentage_per_source: int = 2
    message_rate_limit: int | None = None
    message_rate_source: str = "IPAddress"
    max_message_size: int | None = 10 * MB
    max_recipients_per_message: int | None = 200
    tarpit_interval: int = 5_000_000
    max_acknowledgement_delay: int = 30_000_000


def receive(
    name: str,
    bindings: str = "0.0.0.0:25",
    ranges: str = ALL_IPV4,
    groups: str = "",
    auth: str = "Tls",
    **rest: object,
) -> Receive:
    """A connector from comma-separated texts."""
    return Receive(
        name,
        tuple(parse_binding(text) for text in bindings.split(",")),
        tuple(parse_range(text) for text in ranges.split(",")),
        tuple(parse_group(text) for text in groups.split(",") if text),
        tuple(parse_mechanism(text) for text in auth.split(",")),
        **rest,  # type: ignore[arg-type]
    )


RELAY = (Permission(ANONYMOUS, (Right.ACCEPT_ANY_RECIPIENT,)),)
_SERVER_GROUPS = "ExchangeUsers,ExchangeServers,ExchangeLegacyServers"
_SERVER_AUTH = "Tls,Integrated,BasicAuth,BasicAuthRequireTLS,ExchangeServer"

AS_INSTALLED = receive("Default HUB01", groups=_SERVER_GROUPS, auth=_SERVER_AUTH)
DEFAULT = receive("Default HUB01", groups=f"AnonymousUsers,{_SERVER_GROUPS}", auth=_SERVER_AUTH)
CLIENT = receive(
    "Client HUB01",
    "0.0.0.0:587",
    groups="ExchangeUsers",
    auth="Tls,Integrated,BasicAuth,BasicAuthRequireTLS",
)
INTERNAL_RELAY = receive(
    "internalrelay",
    "192.168.168.170:25",
    "192.168.168.50,192.168.168.100",
    "AnonymousUsers",
)
EXTERNAL_RELAY = receive(
    "externalrelay",
    "192.168.168.171:25",
    "10.10.20.30,192.168.168.60",
    "AnonymousUsers",
    permissions=RELAY,
)
SECURED = receive(
    "secured", ranges="10.1.1.1", groups="ExchangeServers", auth="Tls,ExternalAuthoritative"
)
HUB01 = (DEFAULT, CLIENT, INTERNAL_RELAY, EXTERNAL_RELAY)


@dataclass(frozen=True, slots=True)
class Send:
    """A send connector with Exchange's defaults."""

    name: str
    address_spaces: tuple[AddressSpace, ...]
    source_transport_servers: tuple[str, ...] = ("HUB01",)
    smart_hosts: tuple[str, ...] = ()
    dns_routing_enabled: bool = True
    max_message_size: int | None = 10 * MB
    smtp_max_messages_per_connection: int | None = 20
    linked_receive_connector: str | None = None
    enabled: bool = True


def send(name: str, spaces: str, **rest: object) -> Send:
    """A send connector from comma-separated address spaces."""
    parsed = tuple(parse_address_space(text) for text in spaces.split(",") if text)
    return Send(name, parsed, **rest)  # type: ignore[arg-type]
