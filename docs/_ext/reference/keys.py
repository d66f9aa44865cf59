"""Every key of a scenario file: what may stand there, its default and source, what it does."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from reference.described import descriptions, summary
from reference.exchange import parameter
from reference.profiles import spelled
from reference.values import of_key, table_at
from relaysim import units
from relaysim.present.text.profile_tables import toml
from relaysim.profiles.collection import BUILT_IN
from relaysim.profiles.kind import Kind, installed_name
from relaysim.profiles.value import Value
from relaysim.scenario import (
    arrivals,
    blocklist,
    connector,
    core_time,
    destination,
    event,
    greylisting,
    host,
    hub,
    load_balancer,
    model,
    operations,
    pool,
    relay,
    reputation,
    requirement,
    sender_domain,
    shaping,
    stream,
    warm_up_plan,
    watched_resources,
)
from relaysim.scenario import distribution as law
from relaysim.scenario import rate_profile as profile
from relaysim.scenario.default_tables import GREYLISTING, MAILBOXES, OPERATIONS, PROFILE_KEYS
from relaysim.scenario.table import Table

Profiles = Mapping[str, Mapping[str, Value]]


@dataclass(frozen=True)
class Section:
    """A table of the file: heading, path, and the profiles that its defaults come from."""

    title: str
    path: str
    of: type[Table]
    profiles: Profiles = field(default_factory=dict)


SECTIONS = (
    Section("Scenario", "", model.Scenario),
    Section("Run", "run", model.Run),
    Section("Organization", "organization", model.Organization),
    Section("Hubs", "hubs.NAME", hub.Hub, BUILT_IN.tables(Kind.MTA, "hub")),
    Section(
        "Back pressure",
        "hubs.NAME.back_pressure",
        watched_resources.BackPressure,
        BUILT_IN.tables(Kind.MTA, "back_pressure"),
    ),
    Section("Shaping by destination", "hubs.NAME.shaping.DESTINATION", shaping.Shaping),
    Section(
        "Receive connectors",
        "hubs.NAME.receive_connectors.NAME",
        connector.ReceiveConnector,
        BUILT_IN.tables(Kind.MTA, "receive_connector")
        | {
            f"{name} ({which})": table
            for name in BUILT_IN.names(Kind.MTA)
            for section, table in BUILT_IN.profile(Kind.MTA, name).sections.items()
            if (which := installed_name(section)) is not None
        },
    ),
    Section("Permissions", "hubs.NAME.receive_connectors.NAME.permissions", connector.Permission),
    Section(
        "Send connectors",
        "send_connectors.NAME",
        connector.SendConnector,
        BUILT_IN.tables(Kind.MTA, "send_connector"),
    ),
    Section("Load balancers", "load_balancers.NAME", load_balancer.LoadBalancer),
    Section("Lines", "lines.NAME", model.Line),
    Section("Egress", "egress.ADDRESS", model.Egress),
    Section("Pools of public IPs", "pools.NAME", pool.Pool),
    Section("Warm-up plans", "warm_up_plans.NAME", warm_up_plan.WarmUpPlan),
    Section("Sender domains", "sender_domains.DOMAIN", sender_domain.SenderDomain),
    Section("Mailboxes", "mailboxes", model.Mailboxes, {"": MAILBOXES}),
    Section("Hosts", "hosts.NAME", host.Host, BUILT_IN.tables(Kind.HOST, "host")),
    Section("Retries of a host", "hosts.NAME.on_failure", host.Retry),
    Section("Streams", "hosts.NAME.streams.NAME", stream.Stream),
    Section("Mailing lists", "hosts.NAME.streams.NAME.mailing_list", stream.MailingList),
    Section(
        "Destinations",
        "destinations.NAME",
        destination.Destination,
        BUILT_IN.tables(Kind.DESTINATION, "destination"),
    ),
    Section(
        "Greylisting",
        "destinations.NAME.greylisting",
        greylisting.Greylisting,
        {"": GREYLISTING},
    ),
    Section(
        "Reputation",
        "destinations.NAME.reputation",
        reputation.Reputation,
        BUILT_IN.tables(Kind.DESTINATION, "reputation"),
    ),
    Section(
        "Requirements",
        "destinations.NAME.requires",
        requirement.Requires,
        BUILT_IN.tables(Kind.DESTINATION, "requires"),
    ),
    Section(
        "Outcomes of a requirement", "destinations.NAME.requires.NAME", requirement.Requirement
    ),
    Section(
        "Blocklists",
        "blocklists.NAME",
        blocklist.Blocklist,
        BUILT_IN.tables(Kind.BLOCKLIST, "blocklist"),
    ),
    Section(
        "Relay services",
        "relays.NAME",
        relay.Relay,
        BUILT_IN.tables(Kind.RELAY, "relay"),
    ),
    Section("Limits of a relay service", "relays.NAME.limits.NAME", relay.RelayLimit),
    Section("Operations", "operations", operations.Operations, {"": OPERATIONS}),
    Section("Coupling", "coupling", operations.Coupling),
    Section("Events", "events", event.Event),
    Section("Hub stops", "events.stop", event.Stop),
    Section("Listings", "events.listing", event.Listing),
    Section("Outages", "events.outage", event.Outage),
    Section("Resolver faults", "events.resolver_fault", event.ResolverFault),
    Section("Rates", "events.rate", event.RateChange),
)
_TITLES: Mapping[type[Table] | None, str] = {each.of: each.title for each in SECTIONS}
SHARED: Mapping[str, tuple[str, tuple[type[Table], ...]]] = {
    "Arrivals": (
        'When a stream creates its messages: `arrivals = { process = "...", ... }`.',
        (
            arrivals.Poisson,
            arrivals.Campaign,
            arrivals.Bursts,
            arrivals.Compromise,
            arrivals.Every,
            arrivals.Replay,
        ),
    ),
    "Profiles of a day": ("How a Poisson rate changes with the hour.", (profile.Profile,)),
    "Laws": (
        'A time or a size: a value alone is a constant, else `{ distribution = "...", ... }`.',
        (
            law.Exponential,
            law.Lognormal,
            law.Gamma,
            law.Weibull,
            law.Pareto,
            law.Uniform,
            law.Empirical,
            law.Zipf,
        ),
    ),
    "Costs": ("Core time of the work on a message.", (core_time.Cost,)),
    "Thresholds of back pressure": (
        "Where a hub changes the level of a resource, upwards and downwards.",
        (watched_resources.WatchedLevels, watched_resources.Margins),
    ),
}
"""Tables that stand at several places."""
_SEE = re.compile(r" \(see (\[[^]]+\]\([^)]+\))\)")
_UNWRITTEN = {"values", "properties"}
_PROFILES = {
    (hub.Hub, PROFILE_KEYS[Kind.MTA]): Kind.MTA,
    (host.Host, PROFILE_KEYS[Kind.HOST]): Kind.HOST,
    (destination.Destination, PROFILE_KEYS[Kind.DESTINATION]): Kind.DESTINATION,
    (blocklist.Blocklist, PROFILE_KEYS[Kind.BLOCKLIST]): Kind.BLOCKLIST,
}
"""The keys that name a profile."""
_OWN = "or a profile of your own"
_QUANTITIES = ("mean", "median", "minimum", "maximum", "low", "high")
"""Parameters of laws, which are of the kind of what is drawn."""
_SPECIAL = {
    ("", "name"): "the name of the file",
    ("", "mailboxes"): "",
    ("", "operations"): "",
    ("run", "drain"): "the largest deadline of a stream, at least 3 d",
    ("hosts.NAME", "port"): "25; 587 for a host with an `account`, and at a relay service",
    ("destinations.NAME", "reputation"): (
        f"a table for {', '.join(BUILT_IN.tables(Kind.DESTINATION, 'reputation'))} "
        '(see [reputation](#reputation)), else `"none"`'
    ),
}
"""Defaults that neither the model nor one profile has."""


def markdown() -> str:
    """The page."""
    parts = [*(_section(each) for each in SECTIONS), *map(_shared, SHARED)]
    return "\n\n".join(parts)


def written(of: type[Table]) -> Iterator[tuple[str, str]]:
    """The fields of a table that a file writes, each with its key."""
    for name, info in of.model_fields.items():
        if name not in _UNWRITTEN and (name != "name" or of is model.Scenario):
            yield name, info.alias or name


def _section(section: Section) -> str:
    lines = [f"## {section.title}", "", _place(section), "", summary(section.of)]
    told = descriptions(section.of)
    for group in section.of.exactly_one:
        lines += ["", f"Exactly one of {', '.join(f'`{key}`' for key in group)} must be written."]
    for name, key in written(section.of):
        path = f"{section.path}.{key}" if section.path else key
        default, reasons = _default(section, name)
        kind, see = _apart(_kind(section, name))
        default, also = _apart(default)
        lines += ["", f"```{{confval}} {path}", f":type: {kind}"]
        lines += [f":default: {default}"] if default else []
        lines += ["", " ".join([told[name], *(f"See {link}." for link in {*see, *also})])]
        exchange = parameter(section.path, key)
        lines += ["", f"Exchange: {exchange}."] if exchange else []
        lines += ["", *reasons, "```"]
    return "\n".join(lines)


def _apart(said: str) -> tuple[str, list[str]]:
    """What is said, without the links in it, which the options of a directive cannot have."""
    return _SEE.sub("", said), _SEE.findall(said)


def _kind(section: Section, name: str) -> str:
    if (section.of, name) in _PROFILES:
        known = BUILT_IN.names(_PROFILES[section.of, name])
        return ", ".join(["one of " + ", ".join(f'"{each}"' for each in known), _OWN])
    kind = of_key(section.of, name)
    title = _TITLES.get(table_at(section.of, name))
    if title is None or "](#" in kind:
        return kind
    return f"{kind} (see [{title.lower()}](#{title.lower().replace(' ', '-')}))"


def _place(section: Section) -> str:
    return f"`[{section.path}]`" if section.path else "The top of the file."


def _default(section: Section, name: str) -> tuple[str, list[str]]:
    """The default in a word, and where it comes from."""
    if (section.path, name) in _SPECIAL:
        return _SPECIAL[section.path, name], []
    groups: dict[tuple[str, str, str], list[str]] = {}
    for profile_name, table in section.profiles.items():
        if name in table:
            value = table[name]
            key = (spelled(value.value), value.certainty.value, value.source)
            groups.setdefault(key, []).append(profile_name)
    if not groups:
        return _of_model(section.of, name), []
    single = len(groups) == 1
    word = next(iter(groups))[0] if single else "by profile, see below"
    reasons = []
    for (default, certainty, source), names in groups.items():
        whose = "" if names == [""] else f" ({', '.join(names)})"
        reasons.append(f"- `{default}`{whose}: {certainty}; {source}")
    return (f"`{word}`" if single else word), reasons


def _of_model(of: type[Table], name: str) -> str:
    info = of.model_fields[name]
    if info.is_required():
        group = next((keys for keys in of.exactly_one if name in keys), None)
        return "" if group else "must be written"
    value = info.get_default(call_default_factory=True)
    kind = of_key(of, name)
    match value:
        case None:
            return "`unlimited`" if "unlimited" in kind and of is not model.Egress else ""
        case int() if kind.startswith("a time") and not isinstance(value, bool):
            return f"`{toml(units.format_duration(value))}`"
        case int() if kind.startswith("a size"):
            return f"`{toml(units.format_size(value))}`"
        case "":
            return ""
        case bool() | int() | float() | str():
            return f"`{toml(value)}`"
    return f"`{value.isoformat()}`" if isinstance(value, datetime) else ""


def _shared(title: str) -> str:
    told, tables = SHARED[title]
    lines = [f"## {title}", "", told]
    for of in tables:
        known = descriptions(of)
        lines += ["", f"**{_word(of)}**: {summary(of)}", ""]
        lines += ["| key | value | meaning |", "| --- | --- | --- |"]
        for name, key in written(of):
            if name not in ("process", "distribution"):
                lines.append(f"| `{key}` | {_value(of, name)} | {known[name]} |")
    return "\n".join(lines)


def _word(of: type[Any]) -> str:
    for key in ("process", "distribution"):
        if key in of.model_fields:
            return f'{key} = "{of.model_fields[key].annotation.__args__[0]}"'
    return "table"


def _value(of: type[Table], name: str) -> str:
    if name in _QUANTITIES:
        return "a time or a size, with its unit"
    optional = "" if of.model_fields[name].is_required() else "; may be left out"
    return of_key(of, name) + optional
