"""Several hubs with a public IP each, and on each a host whose mail goes to spam traps."""

from worlds.reputation_world import IP, OTHER_IP, listed
from worlds.small_world import SECOND_HUB, Played


def hubs(allocation: str, *ips: str) -> str:
    """HUB01 with its usual IP, another hub for each further one; all IPs are in one allocation and
    warm.

    Hosts `h0`, `h1` ... have a stream `traps` and may have a stream `load`, each on its hub.
    """
    names = [f"HUB0{number + 1}" for number in range(len(ips) + 1)]
    result = [f"[send_connectors.internet]\nsource_transport_servers = {names}"]
    for number, (name, ip) in enumerate(zip(names, (IP, *ips), strict=True)):
        server = f"192.168.168.{169 + number}"
        if number:
            hub = SECOND_HUB.replace("HUB02", name).replace("192.168.168.172", server)
            result.append(hub.replace(OTHER_IP, ip))
            result.append(f"allocation = '{allocation}'\nage = '400 d'")
        else:
            result.append(f"[egress.'{ip}']\nallocation = '{allocation}'")
        result.append(f"[hosts.h{number}]\nkind = 'none'\naddress = '10.0.0.{number}'")
        result.append(f"server = '{server}'\n[hosts.h{number}.streams.traps]")
        result.append("sender = 'news@bulk.example'\nculprit = true\ntrap_rate = 1.0")
    return "\n".join(result)


def rows(run: Played) -> list[tuple[str, float, float, str]]:
    """Listings by IP and time: IP, from, to, cause."""
    return sorted((ip, start, end, cause) for ip, _, start, end, cause, _ in listed(run))


def hits(**times: list[float]) -> dict[str, list[float]]:
    """When each host hits a trap."""
    return {f"{host}.traps": mail for host, mail in times.items()}
