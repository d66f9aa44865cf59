"""IP addresses, bindings and remote ranges of connectors; mail addresses and their domains."""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from relaysim.mail.spelling import text_of

IpAddress = IPv4Address | IPv6Address

NULL_SENDER = "<>"
"""The empty sender of a DSN, so that no DSN answers a DSN."""

_PORT = re.compile(r"[0-9]{1,5}")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
# The dot-atom of RFC 5321; quoted local parts are legal but not in use.
_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")


def parse_ip(text: object) -> IpAddress:
    """Return the IPv4 or IPv6 address that a text has.

    Raises
    ------
    ValueError
        If it has none.
    """
    try:
        return ip_address(text_of(text))
    except ValueError:
        raise ValueError(
            f'"{text}" is not an IP address: write one such as "192.168.168.170"'
        ) from None


def unusual(address: IpAddress) -> str | None:
    """Return why no machine of a network has an address, else None.

    Parameters
    ----------
    address : IpAddress
        The address.

    Returns
    -------
    str or None
        Such as "is that of the machine itself (loopback)".

    Notes
    -----
    The blocks are those of RFC 6890: unspecified, loopback, multicast and reserved addresses, with
    255.255.255.255.
    """
    if address.is_unspecified:
        return "stands for every address"
    if address.is_loopback:
        return "is that of the machine itself (loopback)"
    if address == IPv4Address("255.255.255.255"):
        return "is that of all machines (broadcast)"
    if address.is_multicast:
        return "is that of a group of machines (multicast)"
    if isinstance(address, IPv4Address) and address.packed[0] in (0, *range(240, 256)):
        return "is reserved, and no machine has it"
    return None


@dataclass(frozen=True, slots=True)
class Binding:
    """A local address and TCP port that a receive connector listens on."""

    address: IpAddress
    port: int

    @property
    def is_wildcard(self) -> bool:
        """Return whether it stands for every local address of its family (`0.0.0.0` or `[::]`)."""
        return self.address.is_unspecified

    def fits(self, local: IpAddress, port: int) -> bool:
        """Return whether a session to a local address and port reaches the binding."""
        if port != self.port:
            return False
        return local == self.address or (self.is_wildcard and local.version == self.address.version)

    def __str__(self) -> str:
        host = f"[{self.address}]" if self.address.version == 6 else f"{self.address}"
        return f"{host}:{self.port}"


def parse_binding(text: object) -> Binding:
    """Return a binding from a text such as "0.0.0.0:25", "[::]:25", "192.168.168.170:25".

    Raises
    ------
    ValueError
        If the text is no binding.
    """
    host, _, port = text_of(text).rpartition(":")
    bracketed = host.startswith("[") and host.endswith("]")
    wrong = ValueError(
        f'"{text}" is not a binding: write address:port, such as "0.0.0.0:25", "[::]:25" or '
        '"192.168.168.170:25"'
    )
    try:
        address = ip_address(host[1:-1] if bracketed else host)
    except ValueError:
        raise wrong from None
    if bracketed != (address.version == 6) or not _PORT.fullmatch(port):
        raise wrong
    if not 1 <= int(port) <= 65535:
        raise ValueError(f'"{text}" has no valid port: ports are 1 to 65535')
    return Binding(address, int(port))


@dataclass(frozen=True, slots=True)
class AddressRange:
    """The addresses from `first` to `last`, both included, of one family."""

    first: IpAddress
    last: IpAddress

    @property
    def size(self) -> int:
        """Return the number of addresses in the range."""
        return int(self.last) - int(self.first) + 1

    def contains(self, address: IpAddress) -> bool:
        """Return whether an address lies in the range."""
        return address.version == self.first.version and (
            int(self.first) <= int(address) <= int(self.last)
        )

    def contains_range(self, other: "AddressRange") -> bool:
        """Return whether another range lies completely inside this one, or equals it."""
        return self.contains(other.first) and self.contains(other.last)

    def overlaps(self, other: "AddressRange") -> bool:
        """Return whether the two ranges have an address in common."""
        return self.contains(other.first) or other.contains(self.first)

    def __str__(self) -> str:
        return f"{self.first}" if self.first == self.last else f"{self.first}-{self.last}"


def parse_range(text: object) -> AddressRange:
    """Return a remote range from an address, "first-last", or CIDR.

    Host bits of CIDR are ignored: "10.0.0.7/24" is the /24 that holds it.

    Raises
    ------
    ValueError
        If the text is no range.
    """
    given = text_of(text)
    try:
        if "-" in given:
            first, _, last = given.partition("-")
            return _range(ip_address(first.strip()), ip_address(last.strip()))
        network = ip_network(given, strict=False)
    except ValueError as error:
        raise ValueError(
            f'"{text}" is not a range of IP addresses ({error}): write one address, '
            '"10.10.20.1-10.10.20.99" or "10.10.20.0/24"'
        ) from None
    return AddressRange(network[0], network[-1])


def _range(first: IpAddress, last: IpAddress) -> AddressRange:
    if first.version != last.version:
        raise ValueError("its ends are of two families")
    if int(last) < int(first):
        raise ValueError("its end lies before its start")
    return AddressRange(first, last)


def parse_domain(text: object) -> str:
    """Return a domain name in lower case.

    Raises
    ------
    ValueError
        If the text is no domain name.
    """
    name = text_of(text).lower()
    if len(name) > 255 or not all(_LABEL.fullmatch(label) for label in name.split(".")):
        raise ValueError(
            f'"{text}" is not a domain: write one such as "contoso.com", with letters a to z, '
            "digits and hyphens"
        )
    return name


def parse_address(text: object) -> str:
    """Return a mail address with its domain in lower case, or the null sender "<>".

    Raises
    ------
    ValueError
        If the text is neither.
    """
    given = text_of(text)
    if given == NULL_SENDER:
        return given
    local, at, domain = given.rpartition("@")
    if not at or len(local) > 64 or not _LOCAL_PART.fullmatch(local):
        raise ValueError(
            f'"{text}" is not a mail address: write one such as "hakan@cozumpark.com", in ASCII, '
            f'or "{NULL_SENDER}" for the null sender'
        )
    return f"{local}@{parse_domain(domain)}"


def domain_of(address: str) -> str:
    """Return the domain of a mail address in lower case; "" for the null sender."""
    return "" if address == NULL_SENDER else address.rpartition("@")[2].lower()
