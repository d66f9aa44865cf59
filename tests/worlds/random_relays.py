"""Relay services for random scenarios, with limits of all kinds that a few messages reach."""

from datetime import datetime
from typing import Any

from hypothesis import strategies as st

Tables = dict[str, Any]
_LAW: tuple[Any, ...] = ("0 s", "1 s", {"distribution": "exponential", "mean": "3 s"})
_SHARE = (0.0, 0.0, 0.3)
_FEW = (1, 2, 5, "unlimited")
_SOFT = "450 4.7.0 [{ip}] has sent too much"
_STARTS = (datetime(2010, 3, 1), datetime(2010, 3, 1, 8, 58, 30))  # noqa: DTZ001
_HARD = "550 5.7.0 [{ip}] has sent too much"


@st.composite
def _limit(draw: st.DrawFn) -> Tables:
    """One limit that mail of some minutes reaches."""
    whose = draw(st.sampled_from(("account", "tenant", "ip")))
    counts = draw(st.sampled_from(("messages", "recipients", "external_recipients", "connections")))
    most = draw(st.sampled_from((1, 2, 3, 8)))
    over = draw(st.sampled_from(("defer", "reject")))
    limit = {
        "counts": counts,
        "whose": whose,
        "limit": most,
        "over": over,
        "reply": _SOFT if over == "defer" else _HARD,
    }
    if counts == "connections":
        return limit | {"window": "open"}
    fixed = draw(st.sampled_from(("fixed second", "fixed minute", "fixed hour")))
    if counts == "messages" and draw(st.booleans()):
        return {
            "counts": counts,
            "whose": whose,
            "limit": most,
            "window": fixed,
            "over": "delay",
        }
    return limit | {
        "window": draw(st.sampled_from((fixed, "rolling day"))),
        "counts_refused": draw(st.booleans()),
    }


@st.composite
def _relay(draw: st.DrawFn, name: str) -> Tables:
    keys: dict[str, st.SearchStrategy[Any]] = {
        "connect_time": st.sampled_from(_LAW),
        "response_time": st.sampled_from(_LAW),
        "connect_failure": st.sampled_from(_SHARE),
        "defer": st.sampled_from(_SHARE),
        "max_messages_per_connection": st.sampled_from(_FEW),
        "max_per_domain_outbound_connections": st.sampled_from(_FEW),
        "message_retry_interval": st.sampled_from(("1 s", "1 min")),
        "message_expiration_timeout": st.sampled_from(("10 s", "10 min")),
        "below_baseline": st.sampled_from(("29 d", "45 d", "65 d", "89 d")),
    }
    limits = draw(st.dictionaries(st.sampled_from("abc"), _limit(), min_size=1))
    # Only Microsoft 365 reads the version of the servers that send.
    microsoft = {"profile": "m365-connector", "licences": 1, "egress": "192.0.2.7"}
    profile = draw(st.sampled_from(({"profile": "none"}, {"profile": "none"}, microsoft)))
    fixed = profile | {"names": [name], "limits": limits}
    return fixed | draw(st.fixed_dictionaries({}, optional=keys))


def _older(hub: Tables) -> Tables:
    """The hub with a version that Microsoft 365 throttles in stages, where it may have one."""
    roles = [each.get("transport_role") for each in hub["receive_connectors"].values()]
    # Exchange chooses no public IP, and has no rate to a destination.
    chooses = "shaping" in hub or hub["egress"][0].isalpha()
    if hub.get("mta") in ("postfix", "exchange-2007") or any(roles) or chooses:
        return hub
    connectors = {
        name: {key: value for key, value in each.items() if key != "max_acknowledgement_delay"}
        | {"transport_role": "HubTransport"}
        for name, each in hub["receive_connectors"].items()
    }
    return hub | {"mta": "exchange-2019", "receive_connectors": connectors}


@st.composite
def _straight(draw: st.DrawFn, tables: Tables) -> Tables:
    """The same, where some hosts submit straight to a service, which may have an outage."""
    names = [name for table in tables["relays"].values() for name in table["names"]]
    for host in tables["hosts"].values():
        if host["kind"] not in ("internet", "mailbox_users"):
            host["server"] = draw(st.sampled_from((host["server"], *tables["relays"], *names)))
    if draw(st.booleans()):
        outage = {"destination": "service", "for": "30 s"}
        tables["events"].append({"at": draw(st.sampled_from(("0 s", "20 s"))), "outage": outage})
    return tables


@st.composite
def with_relays(draw: st.DrawFn, tables: Tables) -> Tables:
    """The same, where the smart host is a relay service; perhaps there are two of them."""
    del tables["destinations"]["smarthost"]
    service, other = "mx.provider.example", "mx.other.example"
    tables["relays"] = {"service": draw(_relay(service))}
    connectors = tables["send_connectors"]
    connectors["internet"] |= {"smart_hosts": [service], "dns_routing_enabled": False}
    if draw(st.booleans()):
        tables["relays"]["second"] = draw(_relay(other))
        connectors["second"] = connectors["internet"] | {
            "address_spaces": ["SMTP:*.example;1"],
            "smart_hosts": [other],
        }
    if draw(st.booleans()):
        tables["organization"]["domains"]["example.net"] = "InternalRelay"
    if draw(st.booleans()):
        tables = draw(_straight(tables))
    if any(relay["profile"] == "m365-connector" for relay in tables["relays"].values()):
        tables["hubs"] = {name: _older(hub) for name, hub in tables["hubs"].items()}
        connectors.pop("linked", None)
        # The stages begin with the hour.
        tables["run"]["start"] = _STARTS[0]
        return tables
    # The windows of minutes and hours do not begin with the run.
    tables["run"]["start"] = draw(st.sampled_from(_STARTS))
    return tables
