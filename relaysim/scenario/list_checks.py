"""What the tables of blocklists, of those who use them and of the administrator get wrong."""

from collections.abc import Callable

from relaysim.mail.address import parse_ip
from relaysim.mail.blocklists import BLOCKLISTS
from relaysim.mail.destination import DESTINATIONS
from relaysim.scenario.blocklist import NEEDED, OPTIONAL
from relaysim.scenario.defaults import with_defaults
from relaysim.scenario.problem import Problem, unknown
from relaysim.scenario.raw_tables import Found, Raw, at, named, parsed, streams
from relaysim.scenario.table import NONE


def _profiles(raw: Raw) -> Found:
    for group, noun, profiles in (
        ("destinations", "destination profile", tuple(DESTINATIONS)),
        ("blocklists", "blocklist profile", tuple(BLOCKLISTS)),
    ):
        for name, table in named(raw, group):
            profile = table.get("profile")
            if isinstance(profile, str) and profile not in profiles:
                yield unknown((group, name, "profile"), profile, noun, profiles)


def _parameters(raw: Raw) -> Found:
    """A list has the parameters of its profile, and those of its trigger and its widening."""
    special = {key for keys in (*NEEDED.values(), *OPTIONAL.values()) for key in keys}
    for name, table in named(with_defaults({"blocklists": at(raw, "blocklists")}), "blocklists"):
        profile = str(table.get("profile"))
        rules = [str(table.get(key, "none")) for key in ("trigger", "widening")]
        if profile not in BLOCKLISTS or not all(rule in NEEDED for rule in rules):
            continue
        asked = [key for rule in rules for key in NEEDED[rule]]
        known = [*asked, *(key for rule in rules for key in OPTIONAL[rule]), *BLOCKLISTS[profile]]
        said = 'with trigger "{}" and widening "{}"'.format(*rules)
        for key in at(raw, "blocklists", name):
            if key in special and key not in known:
                own = tuple(dict.fromkeys(each for each in known if each in special))
                yield Problem(("blocklists", name, key), f"no parameter of a list {said}", own)
        for key in asked:
            if table.get(key, NONE) == NONE:
                yield Problem(("blocklists", name, key), f"missing key: needed {said}")
        threshold = table.get("threshold")
        if "count" in rules and isinstance(threshold, float) and not threshold.is_integer():
            path = ("blocklists", name, "threshold")
            yield Problem(path, "a whole number of hits is needed")


def _uses(raw: Raw) -> Found:
    known = tuple(dict.fromkeys([*at(raw, "blocklists"), *BLOCKLISTS]))
    for name, table in named(raw, "destinations"):
        for blocklist in at(table, "refuses_on"):
            if blocklist not in known:
                path = ("destinations", name, "refuses_on", blocklist)
                yield unknown(path, blocklist, "blocklist", known)


def _move(raw: Raw) -> Found:
    """Whoever moves the culprits must say where to."""
    operations, path = at(raw, "operations"), ("operations", "move_to")
    known = {parsed(parse_ip, key): key for key in at(raw, "egress")}
    if operations.get("move_to", NONE) != NONE:
        address = parsed(parse_ip, operations["move_to"])
        if address is not None and address not in known:
            yield unknown(path, str(address), "egress", known.values())
    elif operations.get("on_listing") == "move_culprit":
        yield Problem(path, 'missing key: needed with on_listing = "move_culprit"')


def _two_rates(raw: Raw) -> Found:
    """A mailing list has the rates of its stream."""
    for host, name, stream in streams(raw):
        if stream.get("mailing_list", NONE) != NONE:
            path = ("hosts", host, "streams", name)
            for key, there in _LISTED.items():
                if key in stream:
                    text = f"no effect beside a mailing_list: write {there} there"
                    yield Problem((*path, key), text)


_LISTED = {
    "trap_rate": "trap_share",
    "complaint_rate": "complaint_rate",
    "unknown_rate": "unknown_rate",
}


def _parted(raw: Raw) -> Found:
    """Without the coupling by contention culprits and innocents have hosts of their own."""
    if at(raw, "coupling").get("contention") is not False:
        return
    kinds: dict[str, set[bool]] = {}
    for host, _, stream in streams(raw):
        usual = at(raw, "hosts", host).get("kind") == "bulk_marketing" or (
            at(stream, "arrivals").get("process") == "compromise"
        )
        kinds.setdefault(host, set()).add(stream.get("culprit", usual) is True)
    for host, found in kinds.items():
        if len(found) > 1:
            text = f"parts culprits from innocents by host, but {host} has streams of both"
            yield Problem(("coupling", "contention"), text)


LIST_CHECKS: tuple[Callable[[Raw], Found], ...] = (
    _profiles,
    _parameters,
    _uses,
    _move,
    _two_rates,
    _parted,
)
