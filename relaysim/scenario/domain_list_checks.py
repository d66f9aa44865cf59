"""Checks of blocklists of domains, and of the listings that events script for them."""

from collections.abc import Callable

from relaysim.mail.address import domain_of, parse_address, parse_domain
from relaysim.mail.registered_domain import registered_domain
from relaysim.profiles.collection import Collection
from relaysim.scenario.problem import Problem, unknown
from relaysim.scenario.raw_tables import Found, Raw, at, named, parsed, streams

_TRIGGERS = ("count", "hazard", "none")


def _rules(_raw: Raw, filled: Raw, _collection: Collection) -> Found:
    """Report triggers and escalations that only lists of IPs have."""
    for name, table in named(filled, "blocklists"):
        if table.get("lists") != "domain":
            continue
        trigger, widening = str(table.get("trigger")), table.get("widening", "none")
        if trigger not in _TRIGGERS:
            yield Problem(
                ("blocklists", name, "trigger"),
                f"{trigger} is about an IP, and this list has domains",
                _TRIGGERS,
            )
        if widening != "none":
            yield Problem(
                ("blocklists", name, "widening"),
                'a domain has no neighbours: write widening = "none"',
            )


def _scripted(raw: Raw, filled: Raw, _collection: Collection) -> Found:
    """Report scripted listings of an IP on a list of domains, and the reverse."""
    senders = _senders(raw)
    known = {registered_domain(domain) for domain in senders}
    events = raw.get("events")
    for position, event in enumerate(events if isinstance(events, list) else ()):
        listing = at(event, "listing")
        blocklist = str(listing.get("blocklist"))
        path = ("events", position, "listing")
        lists = at(filled, "blocklists", blocklist).get("lists", "ip")
        if lists == "domain" and "egress" in listing:
            text = f"{blocklist} lists domains: write domain, or of, in place of the IP"
            yield Problem((*path, "egress"), text)
        if lists == "ip" and "domain" in listing and blocklist in at(filled, "blocklists"):
            text = f"{blocklist} lists IPs: write egress, or of, in place of the domain"
            yield Problem((*path, "domain"), text)
        elif "domain" in listing:
            domain = parsed(parse_domain, listing["domain"])
            if domain is not None and registered_domain(domain) not in known:
                yield unknown((*path, "domain"), domain, "sender domain", senders)


def _senders(raw: Raw) -> tuple[str, ...]:
    """Return the domains of the senders of all streams, as far as they can be read."""
    senders = [parsed(parse_address, stream.get("sender")) for _, _, stream in streams(raw)]
    domains = (domain_of(sender) for sender in senders if sender is not None)
    return tuple(dict.fromkeys(domain for domain in domains if domain))


DOMAIN_LIST_CHECKS: tuple[Callable[[Raw, Raw, Collection], Found], ...] = (_rules, _scripted)
