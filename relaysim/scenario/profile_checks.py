"""Checks of the tables of a scenario that need the profiles which it names."""

from collections.abc import Callable

from relaysim.profiles.collection import Collection
from relaysim.profiles.kind import Kind
from relaysim.scenario.blocklist import NEEDED, OPTIONAL
from relaysim.scenario.default_tables import BY_LICENCES, GROUPS, PROFILE_KEYS
from relaysim.scenario.domain_list_checks import DOMAIN_LIST_CHECKS
from relaysim.scenario.front_end_checks import FRONT_END_CHECKS
from relaysim.scenario.problem import Problem, unknown
from relaysim.scenario.raw_tables import Found, Raw, at, named, streams, texts
from relaysim.scenario.server_checks import HOST_CHECKS
from relaysim.scenario.table import NONE
from relaysim.wording import listed

_GROWTH = ("message_retry_factor", "message_retry_longest")


def _profiles(raw: Raw, _filled: Raw, collection: Collection) -> Found:
    for kind, group in GROUPS.items():
        key, known = PROFILE_KEYS[kind], collection.names(kind)
        for name, table in named(raw, group):
            profile = table.get(key)
            if isinstance(profile, str) and profile not in known:
                yield unknown((group, name, key), profile, kind.noun, known)


def _parameters(raw: Raw, filled: Raw, collection: Collection) -> Found:
    """Report parameters of a list that belong to another profile, trigger or escalation."""
    special = {key for keys in (*NEEDED.values(), *OPTIONAL.values()) for key in keys}
    for name, table in named(filled, "blocklists"):
        profile = str(table.get("profile"))
        rules = [str(table.get(key, "none")) for key in ("trigger", "widening")]
        # Other checks report an unknown profile or rule; its parameters cannot be judged.
        if profile not in collection.names(Kind.BLOCKLIST) or not all(r in NEEDED for r in rules):
            continue
        needed = [key for rule in rules for key in NEEDED[rule]]
        usual = collection.profile(Kind.BLOCKLIST, profile).table("blocklist")
        known = [*needed, *(key for rule in rules for key in OPTIONAL[rule]), *usual]
        rule_names = 'with trigger "{}" and widening "{}"'.format(*rules)
        for key in at(raw, "blocklists", name):
            if key in special and key not in known:
                suited = tuple(dict.fromkeys(key for key in known if key in special))
                yield Problem(
                    ("blocklists", name, key), f"no parameter of a list {rule_names}", suited
                )
        for key in needed:
            if table.get(key, NONE) == NONE:
                yield Problem(("blocklists", name, key), f"missing key: needed {rule_names}")
        threshold = table.get("threshold")
        if "count" in rules and isinstance(threshold, float) and not threshold.is_integer():
            path = ("blocklists", name, "threshold")
            yield Problem(path, "a whole number of hits is needed")


def _uses(raw: Raw, filled: Raw, collection: Collection) -> Found:
    """Report destinations that refuse on a list that is neither in the scenario nor a profile."""
    known = tuple(dict.fromkeys([*at(raw, "blocklists"), *collection.names(Kind.BLOCKLIST)]))
    for name, table in named(filled, "destinations"):
        for blocklist in at(table, "refuses_on"):
            if blocklist not in known:
                path = ("destinations", name, "refuses_on", blocklist)
                yield unknown(path, blocklist, "blocklist", known)


def _parted(raw: Raw, filled: Raw, _collection: Collection) -> Found:
    """Report culprits and innocents on one host where the coupling by contention is off."""
    if at(raw, "coupling").get("contention") is not False:
        return
    kinds: dict[str, set[bool]] = {}
    for host, _, stream in streams(raw):
        compromised = at(stream, "arrivals").get("process") == "compromise"
        usual = at(filled, "hosts", host)["properties"].culprit or compromised
        kinds.setdefault(host, set()).add(stream.get("culprit", usual) is True)
    for host, culprit_flags in kinds.items():
        if len(culprit_flags) > 1:
            text = f"parts culprits from innocents by host, but {host} has streams of both"
            yield Problem(("coupling", "contention"), text)


def _linked(raw: Raw, filled: Raw, _collection: Collection) -> Found:
    """Report linked connectors of servers that have none."""
    for name, table in named(raw, "send_connectors"):
        if table.get("linked_receive_connector", NONE) == NONE:
            continue
        for _, server in texts(table.get("source_transport_servers")):
            hub = at(filled, "hubs", server)
            if hub and not hub["properties"].linked_receive_connectors:
                mta = at(raw, "hubs", server).get("mta")
                yield Problem(
                    ("send_connectors", name, "linked_receive_connector"),
                    f"removed after Exchange 2010, and {server} is {mta}: send this mail by a hub "
                    "of its own, or by a connector with address_spaces and another smart host",
                )


def _settings(raw: Raw, _filled: Raw, collection: Collection) -> Found:
    """Report settings of a hub that its server has not, such as the retry clock of another one."""
    tables = collection.tables(Kind.MTA, "hub")
    for name, table in named(raw, "hubs"):
        mta = str(table.get("mta"))
        for key in table if mta in tables else ():
            having = [other for other, keys in tables.items() if key in keys]
            if having and mta not in having:
                text = f"{mta} has no such setting; it is one of {listed(having)}"
                yield Problem(("hubs", name, key), text)


def _growing_waits(raw: Raw, filled: Raw, _collection: Collection) -> Found:
    """Report the growth of waits at a hub whose waits follow the age of the message."""
    for name, table in named(filled, "hubs"):
        # A hub has the keys of one queue manager alone.
        for key in _GROWTH if "queue_run_delay" in table else ():
            if key in at(raw, "hubs", name):
                yield Problem(
                    ("hubs", name, key),
                    f"{table.get('mta')} has no such setting: a message waits for as long as it is "
                    "old, from minimal_backoff_time to maximal_backoff_time",
                )


def _lost_hosts(raw: Raw, filled: Raw, _collection: Collection) -> Found:
    """Report outages of more MX hosts than a destination has."""
    events = raw.get("events")
    for position, event in enumerate(events if isinstance(events, list) else ()):
        outage = at(event, "outage")
        lost, name = outage.get("mx_hosts"), outage.get("destination")
        if not isinstance(name, str) or name not in at(filled, "destinations"):
            continue
        hosts = at(filled, "destinations", name).get("mx_hosts", 1)
        if isinstance(lost, int) and isinstance(hosts, int) and lost > hosts:
            yield Problem(
                ("events", position, "outage", "mx_hosts"),
                f"these are some of the mx_hosts of {name}: write no more than {hosts}",
            )


def _public_ips(raw: Raw, filled: Raw, _collection: Collection) -> Found:
    """Report hubs that have several public IPs and cannot choose one for a message.

    Microsoft, Set-SendConnector: Exchange uses SourceIPAddress on Edge servers alone.
    """
    for name, table in named(filled, "hubs"):
        egress = table.get("egress")
        pools = ["egress"] if isinstance(egress, str) and egress in at(raw, "pools") else []
        by_sender = [key for key in ("egress_by_sender_domain",) if table.get(key)]
        for key in () if table["properties"].chooses_public_ip else (*pools, *by_sender):
            yield Problem(
                ("hubs", name, key),
                f"{name} is {table.get('mta')}, which cannot choose a public IP: SourceIPAddress "
                "of a send connector is for Edge servers alone, and address translation gives all "
                'mail of the server one IP. Send this mail by a hub with mta = "postfix" (smart '
                "host of a send connector), or by another server with an IP of its own",
            )


def _shaping(raw: Raw, filled: Raw, _collection: Collection) -> Found:
    """Report limits for one destination of servers that have none."""
    for name, table in named(filled, "hubs"):
        if table.get("shaping") and not table["properties"].shapes_destinations:
            yield Problem(
                ("hubs", name, "shaping"),
                f"{name} is {table.get('mta')}, whose limits hold for all domains alike "
                "(max_per_domain_outbound_connections) and which has no rate. Send this mail by a "
                'hub with mta = "postfix" (smart host of a send connector with the address_spaces '
                "of the destination); such a connector alone limits messages of a connection "
                "(smtp_max_messages_per_connection)",
            )
        # A hub has the keys of one queue manager alone.
        elif "queue_run_delay" in table:
            for place, shaping in named(table, "shaping"):
                if "message_retry_interval" in shaping:
                    yield Problem(
                        ("hubs", name, "shaping", place, "message_retry_interval"),
                        f"{table.get('mta')} has one retry clock for all next hops: "
                        "minimal_backoff_time, maximal_backoff_time and queue_run_delay of the hub",
                    )


def _licences(raw: Raw, filled: Raw, _collection: Collection) -> Found:
    """Report relay services whose limit depends on licences that no file gives."""
    for name, table in named(filled, "relays"):
        limits = at(table, "limits").values()
        wanted = any(at(limit).get("limit") == BY_LICENCES for limit in limits)
        if wanted and "licences" not in table:
            yield Problem(
                ("relays", name, "licences"),
                "missing key: the limit of external recipients depends on the paid licences of the "
                "tenant, such as licences = 300",
            )


PROFILE_CHECKS: tuple[Callable[[Raw, Raw, Collection], Found], ...] = (
    _profiles,
    _parameters,
    _uses,
    _parted,
    _linked,
    _settings,
    _growing_waits,
    _lost_hosts,
    _public_ips,
    _shaping,
    *FRONT_END_CHECKS,
    *HOST_CHECKS,
    *DOMAIN_LIST_CHECKS,
    _licences,
)
