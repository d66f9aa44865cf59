"""Numbers, lists and shell commands as findings word them."""

from collections.abc import Iterable

from relaysim.mail.rights import Right
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import dotted
from relaysim.scenario.route import identity

_TIMES = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))
_SHOWN = 6


def about(seconds: float) -> str:
    """A length of time to two digits: 90,000 s are "25 h"."""
    for length, unit in _TIMES:
        if seconds >= 2 * length:
            return f"{two_digits(seconds / length)} {unit}"
    return f"{seconds:.2g} s"


def per_time(rate: float) -> str:
    """A rate per second to two digits, in a unit that keeps it above 1: 2/3 is "40/min"."""
    for length, unit in ((1, "s"), (60, "min"), (3600, "h")):
        if rate * length >= 1:
            return f"{two_digits(rate * length)}/{unit}"
    return f"{two_digits(rate * 86400)}/d"


def two_digits(number: float) -> str:
    """A number to two digits, or in whole: 2.25 is "2.2", 1234.5 is "1,234"."""
    return f"{number:.2g}" if number < 10 else f"{number:,.0f}"


def times(load: float) -> str:
    """A load as a multiple of what can be carried: "1.8 times"."""
    return f"{load:.2g} times" if load < 10 else f"{load:,.0f} times"


def share(part: float) -> str:
    """A share in percent, never rounded to all or nothing: "30 %", "0.01 %"."""
    percent = 100 * part
    if 0 < percent < 0.01:
        return "less than 0.01 %"
    if 99.5 <= percent < 100:
        return "more than 99 %"
    return f"{percent:.2g} %" if percent < 10 else f"{percent:.0f} %"


def listed(names: Iterable[str], most: int = _SHOWN) -> str:
    """ "a", "a and b", "a, b and c"; the rest of a long list is counted."""
    shown = list(names)
    if len(shown) > most:
        shown = [*shown[: most - 1], f"{len(shown) - most + 1} more"]
    head, last = shown[:-1], shown[-1:]
    return " and ".join([", ".join(head), *last] if head else last)


def connector_place(hub: str, connector: str) -> str:
    """The path of a receive connector in the scenario file."""
    return dotted(("hubs", hub, "receive_connectors", connector))


def set_connector(hub: str, connector: str, **parameters: object) -> str:
    """`Set-ReceiveConnector "HUB01\\externalrelay" -Bindings ...`; a list is joined by commas."""
    words = [
        f"-{name} {','.join(map(str, value)) if isinstance(value, list) else value}"
        for name, value in parameters.items()
    ]
    return " ".join([f'Set-ReceiveConnector "{identity(hub, connector)}"', *words])


def free_name(scenario: Scenario, hub: str, name: str) -> str:
    """Return the name for a new receive connector of a hub, numbered if it is taken."""
    taken = {each.casefold() for each in scenario.hubs[hub].receive_connectors}
    names = (name, *(f"{name}{number}" for number in range(2, len(taken) + 3)))
    return next(each for each in names if each.casefold() not in taken)


def new_connector(hub: str, name: str, bindings: str, addresses: Iterable[str]) -> str:
    """Return the `New-ReceiveConnector` command for an anonymous connector with TLS.

    Parameters
    ----------
    hub, name
        Where it is made, and what it is called.
    bindings
        Addresses and ports that it listens at, joined by commas.
    addresses
        The clients that it answers.
    """
    return (
        f'New-ReceiveConnector -Name "{name}" -Server {hub} -Usage Custom -Bindings {bindings} '
        f"-RemoteIPRanges {','.join(addresses)} -PermissionGroups AnonymousUsers "
        "-AuthMechanism Tls"
    )


def permission(verb: str, hub: str, connector: str, user: str, *rights: Right) -> str:
    """`Get-ReceiveConnector ... | Add-ADPermission ...`, or Remove-, with one or more rights."""
    named = ",".join(f'"{right.value}"' for right in rights)
    return (
        f'Get-ReceiveConnector "{identity(hub, connector)}" | {verb}-ADPermission -User "{user}" '
        f"-ExtendedRights {named}"
    )
