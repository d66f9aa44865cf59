"""Where hosts submit: a name in [dns], a load balancer, a relay service, or an address of a hub."""

from collections.abc import Callable

from relaysim.mail.address import parse_ip
from relaysim.profiles.collection import Collection
from relaysim.scenario.default_tables import service_of
from relaysim.scenario.load_balancer_checks import balancer_addresses
from relaysim.scenario.name_checks import folded
from relaysim.scenario.problem import Problem, nearest, unknown
from relaysim.scenario.raw_tables import Found, Raw, at, named, parsed, texts


def table_name(server: str) -> str:
    """Return a short name for the table of a relay service."""
    microsoft = server.endswith((".outlook.com", "smtp.office365.com"))
    return "m365" if microsoft else "service"


def _servers(raw: Raw) -> Found:
    """Report servers that nothing describes, and names that mean two things."""
    services, local = service_of(raw), [*at(raw, "dns"), *at(raw, "load_balancers")]
    addresses = {
        parsed(parse_ip, text)
        for _, hub in named(raw, "hubs")
        for _, text in texts(hub.get("addresses"))
    }
    addresses |= set(balancer_addresses(raw).values())
    for host, table in named(raw, "hosts"):
        server, path = table.get("server"), ("hosts", host, "server")
        if not isinstance(server, str):
            continue
        # DNS ignores the case of names.
        is_local = folded(server) in map(folded, local)
        if folded(server) in services:
            if is_local:
                service = services[folded(server)]
                text = f"the relay service {service} has this name, and so has [dns] or a "
                yield Problem(path, f"{text}load balancer: choose another name there")
            continue
        if is_local:
            continue
        address = parsed(parse_ip, server)
        if address is not None:
            if address not in addresses:
                yield Problem(path, "no hub has this address")
            continue
        names = [*dict.fromkeys([*local, *services])]
        near = nearest(server, names)
        if "." in server and not near:
            domain = server.lower()
            yield Problem(
                path,
                f"nothing describes this server: write [relays.{table_name(domain)}] with names = "
                f'["{domain}"] and a profile such as "m365-smtp-auth" or "ses" for a relay '
                "service, or write its addresses in [dns]",
            )
            continue
        groups = (group for group in ("load_balancers", "relays") if at(raw, group))
        places = " or ".join(["[dns]", *(f"[{group}]" for group in groups)])
        yield unknown(path, server, f"name in {places}", names)


def _no_hub(raw: Raw) -> Found:
    """Report hosts that need a hub where the scenario has none."""
    services, hosts = service_of(raw), at(raw, "hosts").values()
    straight = (folded(at(table).get("server")) in services for table in hosts)
    if not at(raw, "hubs") and not (hosts and all(straight)):
        text = "missing table: only where all hosts submit to relay services no hub is needed"
        yield Problem(("hubs",), text)


def _hosts_of_services(raw: Raw, filled: Raw, _collection: Collection) -> Found:
    """Report hosts that stand for many machines and name a relay service."""
    services = service_of(raw)
    for host, table in named(filled, "hosts"):
        server = table.get("server")
        if not isinstance(server, str) or folded(server) not in services:
            continue
        what = {
            "mailbox_submission": "mail of users comes by the mailbox server",
            "internet": "mail of the Internet comes to hubs",
        }
        for key, text in what.items():
            if getattr(table["properties"], key):
                yield Problem(
                    ("hosts", host, "server"),
                    f"{services[folded(server)]} is a relay service, and {text}: name a hub",
                )


SERVER_CHECKS: tuple[Callable[[Raw], Found], ...] = (_servers, _no_hub)
HOST_CHECKS: tuple[Callable[[Raw, Raw, Collection], Found], ...] = (_hosts_of_services,)
