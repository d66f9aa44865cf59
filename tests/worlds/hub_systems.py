"""Networks of hubs with a formula, each as a scenario with the value of the formula.

A hub hands all mail for the Internet to the source servers of the send connector. With exponential
work at each hub these are networks of M/M/1 queues (Jackson, Operations Research 5, 1957): each
hub is alone, at the rate of all that comes to it. Times are seconds.
"""

from functools import partial

from relaysim.theory.single_server import mm1_wait
from worlds.agreement import Outcome, System
from worlds.systems import AT_ONCE, SEEDS, SYSTEMS, of_resource, of_stream

EXPONENTIAL = '{base = "1 s", per_kb = "0 s", cv = 1.0}'


def hub(name: str, address: str) -> str:
    """Return the setting that adds a hub whose categorizer takes an exponential second."""
    return (
        f'hubs.{name}={{mta = "none", cores = 1, addresses = ["{address}"], '
        f'egress = "198.51.100.10", categorize_cost = {EXPONENTIAL}}}'
    )


def handed_over(rate: str, duration: int, warm_up: int, sources: str = '["HUB02"]') -> list[str]:
    """Return the settings of a scenario whose HUB01 hands all mail to another hub."""
    return [
        *AT_ONCE,
        hub("HUB02", "192.168.168.172"),
        f"hubs.HUB01.categorize_cost={EXPONENTIAL}",
        f"send_connectors.internet.source_transport_servers={sources}",
        f"hosts.app.streams.load.arrivals.rate={rate}",
        f"run.duration={duration} s",
        f"run.warm_up={warm_up} s",
    ]


def wait_at(outcome: Outcome, hub: str) -> float:
    """Return the mean wait for the core of a hub, s."""
    return of_resource(outcome, f"{hub}.submission", "wait_mean")


def latency(outcome: Outcome) -> float:
    """Return the mean time from creation to delivery, s."""
    return of_stream(outcome, "load", "latency_mean")


_DIRECT = (
    'hosts.direct={kind = "none", address = "192.168.168.50", server = "192.168.168.172", '
    'streams = {more = {sender = "more@cozumpark.com", size = "1 KB", to = {sink = 1.0}, '
    'arrivals = {process = "poisson", rate = "0.2/s"}}}}'
)
_RELAY = (
    'hubs.HUB02.receive_connectors.relay={bindings = ["0.0.0.0:25"], '
    'remote_ip_ranges = ["192.168.168.50"], permission_groups = ["AnonymousUsers"], '
    "permissions = [{user = 'NT AUTHORITY\\ANONYMOUS LOGON', "
    'extended_rights = ["Ms-Exch-SMTP-Accept-Any-Recipient"]}]}'
)

HUB_SYSTEMS = (
    System(
        "Jackson: a hub with mail of its own and mail from another hub",
        [*handed_over("0.3/s", 26_000, 300), _RELAY, _DIRECT],
        {
            "wait at HUB01": (mm1_wait(0.3, 1), partial(wait_at, hub="HUB01")),
            "wait at HUB02": (mm1_wait(0.5, 1), partial(wait_at, hub="HUB02")),
        },
    ),
)


def hub_seeds(system: System, count: int = SEEDS) -> range:
    """Return the first seeds of a system of hubs: no other system has one in common."""
    first = 1 + SEEDS * (len(SYSTEMS) + HUB_SYSTEMS.index(system))
    return range(first, first + count)
