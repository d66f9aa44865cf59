"""Defaults: a profile is a table that lies beneath the user's, merged key by key.

All of this works on the tables as a file has them, before they are checked, and passes over what is
of a wrong type: the check that follows reports it.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

from relaysim.mail.blocklists import BLOCKLISTS, blocklist_defaults
from relaysim.mail.destination import DESTINATIONS, destination_defaults
from relaysim.mail.hosts import HOST_KINDS, host_defaults
from relaysim.mail.profiles import MTA_PROFILES, hub_defaults, receive_connector_defaults
from relaysim.mail.usage import parse_usage, usage_defaults
from relaysim.mail.value import Certainty, Value, plain
from relaysim.scenario.run_end import default_deadline, default_drain
from relaysim.units import format_duration

Raw = dict[str, Any]

_KINDS = ("distribution", "process")
_WHOLE = ("to", "refusal_stage", "refusal_action")
"""Tables of shares of one whole: half of another one would add up to something else."""
_LAW = (("mean", "median"), ("cv", "sigma"))
_DESTINATION = (("domains", "domain_count"),)
_EGRESS = (("line", "bandwidth"),)
_ONSET = (("at", "per_year"),)


def _assumed(value: Any, source: str) -> Value:
    return Value(value, source, Certainty.ASSUMPTION)


_ADMINISTRATORS = "nothing is published on how long administrators take"

MAILBOXES: Mapping[str, Value] = MappingProxyType(
    {
        "delivery_time": _assumed(
            {"distribution": "lognormal", "mean": "150 ms", "cv": 1.0},
            "nothing is published on delivery to mailboxes",
        )
    }
)
OPERATIONS: Mapping[str, Value] = MappingProxyType(
    {
        "monitor_every": _assumed("6 h", "monitors of blocklists look every 6 to 12 h"),
        "on_listing": _assumed("nothing", _ADMINISTRATORS),
        "repair_time": _assumed(
            {"distribution": "lognormal", "median": "4 h", "sigma": 1.0}, _ADMINISTRATORS
        ),
        "ndr_time": _assumed({"distribution": "exponential", "mean": "1 h"}, _ADMINISTRATORS),
        "back_off": _assumed("source", "what waits when a provider throttles is the sender's way"),
        "delisting": _assumed("after_repair", "operators ask for the repair first"),
        "cleaning": _assumed(0.9, "how many traps a cleaned list loses is not published"),
    }
)
SEND_CONNECTOR: Mapping[str, Value] = MappingProxyType(
    {
        "max_message_size": Value(
            "10 MB", "Microsoft, New-SendConnector, 2010 paragraphs", Certainty.CONFIRMED
        ),
        "smtp_max_messages_per_connection": _assumed(
            20, "documented from Exchange 2016 on; before, the parameter without its value"
        ),
    }
)


SEND_CONNECTOR_NONE: Mapping[str, Value] = MappingProxyType(
    {
        key: Value("unlimited", "no limit where all source servers are none", Certainty.DEFINITION)
        for key in SEND_CONNECTOR
    }
)


def merged(below: Mapping[str, Any], above: Mapping[str, Any], path: tuple[str, ...] = ()) -> Raw:
    """`above` laid over `below`, key by key; lists are replaced. `path` is where they stand.

    A distribution or arrival process of another kind replaces the one below it whole, since the
    parameters of one mean nothing to the other. Of keys that exclude each other, such as `mean` and
    `median`, the one above replaces the other one below. Shares that make up one whole, such as
    `to`, are replaced together.
    """
    if any(isinstance(above.get(key), str) and above[key] != below.get(key) for key in _KINDS):
        return dict(above)
    result = without_rivals(below, above, path)
    for key, value in above.items():
        lower = None if key in _WHOLE else below.get(key)
        if isinstance(lower, Mapping) and isinstance(value, Mapping):
            value = merged(lower, value, (*path, key))
        result[key] = value
    return result


def without_rivals(table: Mapping[str, Any], keys: Iterable[str], path: tuple[str, ...]) -> Raw:
    """The table at `path` without the keys that these `keys` exclude, and without them."""
    written = set(keys)
    gone = {key for pair in _rivals(table, path) if written & set(pair) for key in pair}
    return {key: value for key, value in table.items() if key not in gone}


def _rivals(below: Mapping[str, Any], path: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Pairs of keys of this table that exclude each other."""
    if "distribution" in below:
        return _LAW
    if below.get("process") == "compromise":
        return _ONSET
    match path:
        case ("destinations", _):
            return _DESTINATION
        case ("egress", _):
            return _EGRESS
    return ()


def with_defaults(raw: Mapping[str, Any]) -> Raw:
    """The tables of a scenario with all defaults laid beneath, and every named thing's `name`.

    A profile that does not exist counts as the usual one, so that only its name is reported.
    """
    fillers: dict[str, Callable[[str, Mapping[str, Any]], Raw]] = {
        "hubs": _hub,
        "send_connectors": partial(_send_connector, raw.get("hubs")),
        "hosts": partial(_host, format_duration(default_deadline(raw))),
        "destinations": _destination,
        "blocklists": _blocklist,
    }
    filled = {
        **raw,
        "run": _over({"drain": format_duration(default_drain(raw))}, raw.get("run", {})),
        "mailboxes": _over(plain(MAILBOXES), raw.get("mailboxes", {})),
        "operations": _over(plain(OPERATIONS), raw.get("operations", {})),
    }
    for group, fill in fillers.items():
        if group in raw:
            filled[group] = _each(raw[group], fill)
    return filled


def _each(tables: Any, fill: Callable[[str, Mapping[str, Any]], Raw]) -> Any:
    if not isinstance(tables, Mapping):
        return tables
    return {
        name: fill(name, table) if isinstance(table, Mapping) else table
        for name, table in tables.items()
    }


def _over(below: Raw, above: Any) -> Any:
    return merged(below, above) if isinstance(above, Mapping) else above


def _known(name: Any, profiles: Mapping[str, Any], usual: str) -> str:
    return name if isinstance(name, str) and name in profiles else usual


def _hub(name: str, table: Mapping[str, Any]) -> Raw:
    mta = _known(table.get("mta"), MTA_PROFILES, "exchange-2010")
    hub = merged(hub_defaults(mta), table)

    def connector(own_name: str, own: Mapping[str, Any]) -> Raw:
        below = receive_connector_defaults(mta, name, own_name) | _of_usage(own.get("usage"))
        return merged(below, own) | {"name": own_name}

    if "receive_connectors" in table:
        hub["receive_connectors"] = _each(table["receive_connectors"], connector)
    return hub | {"name": name}


def _send_connector(hubs: Any, name: str, table: Mapping[str, Any]) -> Raw:
    """The connector over the defaults of Exchange, or over none if all its servers are `none`."""
    listed = table.get("source_transport_servers")
    sources = listed if isinstance(listed, list) and isinstance(hubs, Mapping) else []
    mtas = [hubs[each].get("mta") for each in sources if isinstance(_get(hubs, each), Mapping)]
    off = bool(mtas) and len(mtas) == len(sources) and set(map(str, mtas)) == {"none"}
    return {**plain(SEND_CONNECTOR_NONE if off else SEND_CONNECTOR), **table, "name": name}


def _get(table: Mapping[str, Any], key: Any) -> Any:
    return table.get(key) if isinstance(key, str) else None


def _of_usage(usage: Any) -> Raw:
    try:
        return usage_defaults(parse_usage(usage))
    except ValueError:
        return {}


def _host(deadline: str, _name: str, table: Mapping[str, Any]) -> Raw:
    port = 587 if "account" in table else 25
    below = host_defaults(_known(table.get("kind"), HOST_KINDS, "none"))
    host = merged(below | {"port": port}, table)
    if "streams" in host:
        host["streams"] = _each(host["streams"], lambda _, own: {"deadline": deadline} | dict(own))
    return host


def _destination(name: str, table: Mapping[str, Any]) -> Raw:
    below = destination_defaults(_known(table.get("profile"), DESTINATIONS, "none"))
    return merged(below, table) | {"name": name}


def _blocklist(name: str, table: Mapping[str, Any]) -> Raw:
    below = blocklist_defaults(_known(table.get("profile"), BLOCKLISTS, "spamcop"))
    return merged(below, table) | {"name": name}
