"""Random small scenarios, as tables. Times are whole seconds, so that much happens at once."""

from typing import Any

from hypothesis import strategies as st

from relaysim.profiles.collection import BUILT_IN
from relaysim.profiles.kind import Kind
from relaysim.scenario.table import DEFAULT_SITE
from worlds.random_authentication import with_authentication
from worlds.random_balancers import with_balancers
from worlds.random_pools import with_pools
from worlds.random_relays import with_relays
from worlds.random_reputation import reputed, slowed, slower, unlisted

Tables = dict[str, Any]
DURATION = 300
HUBS = ("HUB01", "HUB02", "HUB03")
ADDRESS = {"HUB01": "192.168.168.169", "HUB02": "192.168.168.172", "HUB03": "192.168.168.173"}
EGRESS = {"HUB01": "198.51.100.10", "HUB02": "203.0.113.25", "HUB03": "203.0.113.26"}
PLACES = ("internal", "sink", "many", "other")
RIGHT = "Ms-Exch-SMTP-Accept-Any-Recipient"
RELAY = [{"user": "NT AUTHORITY\\ANONYMOUS LOGON", "extended_rights": [RIGHT]}]
_ANY_SIZE = [RELAY[0] | {"extended_rights": [RIGHT, "ms-Exch-Bypass-Message-Size-Limit"]}]
_LOGIN = {"permission_groups": ["AnonymousUsers", "ExchangeUsers"], "auth_mechanism": ["BasicAuth"]}


def _some(**choices: tuple[Any, ...]) -> st.SearchStrategy[Tables]:
    """Some of the keys, each with one of its values."""
    optional: dict[str, st.SearchStrategy[Any]] = {
        key: st.sampled_from(values) for key, values in choices.items()
    }
    return st.fixed_dictionaries({}, optional=optional)


def _each(**choices: tuple[Any, ...]) -> st.SearchStrategy[Tables]:
    """All of the keys, each with one of its values."""
    return st.fixed_dictionaries({key: st.sampled_from(values) for key, values in choices.items()})


_COST: tuple[Any, ...] = (
    "0 s",
    "10 ms",
    "1 s",
    "5 s",
    {"base": "10 ms", "per_kb": "1 ms", "cv": 0.5},
    {"base": "0 s", "per_kb": "10 ms", "cv": 0.0},
)
_LAW: tuple[Any, ...] = (
    "0 s",
    "1 s",
    "10 s",
    {"distribution": "exponential", "mean": "1 s"},
    {"distribution": "lognormal", "mean": "20 s", "cv": 2.0},
)
LIMIT = (1, 2, 3, "unlimited")
SURPLUS = ("421", "drop", "drop")
_NARROW = (1, 1, 2, 3, "unlimited")
_SHARE = (0.0, 0.0, 0.3, 1.0)
# Some messages are 80, 120 or 200 buckets.
_PRESSURE = {"version_bucket_size": "1 KB"}
_PRESSED = {"version_bucket_size": "100 B"}
# Some 20 KB of mail below the limits of 93 and 95 %.
_DRIVE = {"queue_drive_size": "10 GB", "queue_drive_used": "9751740 KB", "log_free_space": "500 MB"}
_FULL = _DRIVE | {"queue_drive_used": "9961460 KB"}
_QUICK = {
    "used_version_buckets": {
        "medium_to_low": 20,
        "low_to_medium": 40,
        "high_to_medium": 60,
        "medium_to_high": 90,
    },
    "version_buckets_history_depth": 3,
    "smtp_start_throttling_delay_interval": "1 s",
    "smtp_step_throttling_delay_interval": "2 s",
    "smtp_max_throttling_delay_interval": "8 s",
}
_WAITING = {
    "submission_queue_watched": True,
    "submission_queue_length": {
        "medium_to_low": 1,
        "low_to_medium": 3,
        "high_to_medium": 4,
        "medium_to_high": 6,
    },
    "submission_queue_history_depth": 2,
}
_POINTS = {"low_to_medium": 3, "high_to_medium": 1, "medium_to_low": 5}
_CLOSE = {"database_points_below_high": _POINTS, "log_points_below_high": _POINTS}
_LOG = {"log_drive_size": "20 GB", "log_drive_used": "19300 MB"}

GREYLISTING: tuple[Tables, ...] = tuple(
    {"share": share, "delay": delay, "retry_window": window} | rest
    for share in (1.0, 0.5)
    for delay in ("1 s", "10 s")
    for window, rest in (
        ("2 d", {"auto_whitelist_clients": 1}),
        ("30 s", {"max_age": "40 s", "auto_whitelist_clients": "unlimited"}),
        ("1 min", {"max_age": "20 s", "auto_whitelist_clients": 1, "reply": "451 Later"}),
    )
)
"""Greylists that mail of some minutes passes, some of which soon forget."""

_HUB = _some(
    mta=("none", "exchange-2007", "exchange-2010"),
    cores=(1, 2),
    receive_cost=_COST,
    categorize_cost=_COST,
    antivirus_cost=_COST,
    send_cost=_COST,
    queue_database_batch_size=(1, 2, 40),
    queue_database_batch_timeout=("0 s", "100 ms", "1 s", "20 s"),
    commit_write=("0 s", "10 ms", "1 s", "5 s"),
    max_connection_rate_per_minute=(2, 20, "unlimited"),
    max_outbound_connections=LIMIT,
    max_per_domain_outbound_connections=_NARROW,
    max_concurrent_mailbox_deliveries=LIMIT,
    max_concurrent_mailbox_submissions=LIMIT,
    smtp_connect_timeout=("1 s", "2 s", "20 s"),
    reject_time=("0 s", "1 s"),
    shadow_redundancy_enabled=(True, True, False),
    site=("Istanbul", "Istanbul", "Ankara"),
    smtp_connector_queue_message_count_threshold_for_concurrent_connections=(1, 2, 3),
    message_retry_interval=("1 s", "1 min"),
    mailbox_delivery_queue_retry_interval=("1 s", "20 s"),
    message_retry_factor=(1.0, 1.5, 2.0),
    message_retry_longest=("1 min", "90 s", "none"),
    queue_glitch_retry_count=(0, 2),
    queue_glitch_retry_interval=("1 s", "10 s"),
    transient_failure_retry_count=(0, 2),
    transient_failure_retry_interval=("20 s",),
    outbound_connection_failure_retry_interval=("10 s", "1 min"),
    message_expiration_timeout=("10 s", "1 min", "10 min"),
    delay_notification_timeout=("5 s", "30 s", "1 min", "4 h"),
    priority_queuing_enabled=(True, False),
    max_per_domain_high_priority_connections=LIMIT,
    max_per_domain_normal_priority_connections=LIMIT,
    max_per_domain_low_priority_connections=LIMIT,
    specific_binding_hides_wildcard=(True, False),
    skip_5xx_greeting=(True, False),
    back_pressure=(
        *(_PRESSURE, _PRESSED, _DRIVE, _PRESSED | _DRIVE),
        *(_FULL, _FULL | _LOG, _PRESSURE | _DRIVE | _LOG),
        _PRESSED | {"resource_monitoring_interval": "5 s"},
        *(_PRESSED | _QUICK, _PRESSURE | _QUICK | _DRIVE | _CLOSE),
        *(_WAITING, _WAITING | _PRESSED | _QUICK, _WAITING | _DRIVE),
    ),
)
_CONNECTOR = _some(
    permissions=(RELAY, RELAY, RELAY, _ANY_SIZE, []),
    max_inbound_connection=(1, 2, 100),
    max_inbound_connection_per_source=LIMIT,
    max_inbound_connection_percentage_per_source=(20, 50, 100),
    message_rate_limit=("1/min", "3/min", "unlimited"),
    message_rate_source=("IPAddress", "All", "User", "None"),
    max_message_size=("1 KB", "20 KB", "unlimited"),
    max_recipients_per_message=(1, 2, "unlimited"),
    tarpit_interval=("0 s", "5 s"),
    max_acknowledgement_delay=("30 s", "0 s", "1 s", "2 min"),
    receive_cost=_COST,
)
_DESTINATION = _some(
    profile=("none", "none", "small-business-gateway"),
    connect_time=_LAW,
    response_time=_LAW,
    connect_failure=_SHARE,
    defer=_SHARE,
    max_connections_per_ip=LIMIT,
    connection_backlog=(0, 1, 2),
    surplus_connections=SURPLUS,
    max_messages_per_connection=LIMIT,
    refuses_on=({"css": 0.5}, {"css": 1.0}),
    refusal_stage=("greeting", "mail", "rcpt", "data"),
    refusal_action=("reject", "defer", "score"),
    greylisting=("none", *GREYLISTING),
    mx_hosts=(1, 2, 2, 3),
)
_ARRIVALS = st.one_of(
    st.builds(
        lambda every, at: {"process": "every", "every": f"{every} s", "at": f"{at} s"},
        st.sampled_from((10, 30, 60)),
        st.integers(0, 60),
    ),
    st.builds(
        lambda at, messages, rate: {
            "process": "campaign",
            "at": f"{at} s",
            "messages": messages,
            "rate": rate,
        },
        st.integers(0, 250),
        st.sampled_from((20, 1, 3, 8, 30)),
        st.sampled_from(("1/s", "1000000/s", "10/min")),
    ),
    st.sampled_from(
        (
            {"process": "poisson", "rate": "4/min"},
            {"process": "bursts", "rate": "3/min", "burst_factor": 5, "burst_length": "20 s"},
        )
    ),
)
_TO = st.sampled_from(
    (
        {"internal": 1.0},
        {"sink": 1.0},
        {"many": 1.0},
        {"internal": 0.5, "other": 0.5},
        {"internal": 0.25, "sink": 0.25, "many": 0.25, "other": 0.25},
    )
)
_SIZE: tuple[Any, ...] = (
    "1 KB",
    "8 KB",
    {"distribution": "lognormal", "median": "8 KB", "sigma": 2},
)
_RECIPIENTS: tuple[Any, ...] = (2, 1, 3, {"distribution": "zipf", "s": 1.5, "max": 9})
_STREAM = st.builds(
    lambda fixed, arrivals, to: fixed | {"arrivals": arrivals, "to": to},
    st.fixed_dictionaries(
        {
            "sender": st.sampled_from(("a@cozumpark.com", "a@elsewhere.example", "<>")),
            "size": st.sampled_from(_SIZE),
            "recipients": st.sampled_from(_RECIPIENTS),
            "priority": st.sampled_from(("high", "normal", "low")),
        }
    ),
    _ARRIVALS,
    _TO,
)
_DROP_OR_RETRY = (
    "drop",
    {"retry_every": "7 s", "give_up_after": "1 min"},
    {"retry_every": "1 min", "give_up_after": "1 d"},
)
_HOST = _some(
    sessions=LIMIT,
    messages_per_connection=LIMIT,
    on_failure=_DROP_OR_RETRY,
    data_done_timeout=("none", "500 ms", "5 s", "20 s"),
    round_trip=("0 s", "1 ms", "1 s"),
    pipelining=(True, False),
    bandwidth=("8 kbit/s", "unlimited"),
)
_ACCOUNT: tuple[Tables, ...] = ({}, {}, {"account": "app", "port": 25})
"""Some hosts log in: to a connector without a mechanism, or one that takes no anonymous mail."""
_GROUPS: tuple[Tables, ...] = (
    *[{"permission_groups": ["AnonymousUsers"]}] * 4,
    *[_LOGIN] * 3,
    _LOGIN | {"permission_groups": ["ExchangeUsers"]},
)
_KINDS = ("none", "application", "bulk_marketing", "printer", "internet", "mailbox_users")


@st.composite
def hubs(draw: st.DrawFn, names: tuple[str, ...]) -> Tables:
    """Hubs with one receive connector each, with costs and limits of all kinds."""
    result = {}
    for name in names:
        connector = draw(_CONNECTOR)
        result[name] = (
            {"mta": "none", "cores": 1, "addresses": [ADDRESS[name]], "egress": EGRESS[name]}
            | draw(_HUB)
            | {
                "receive_connectors": {
                    "relay": {
                        "bindings": ["0.0.0.0:25"],
                        "remote_ip_ranges": ["0.0.0.0-255.255.255.255"],
                        "permissions": RELAY,
                    }
                    | draw(st.sampled_from(_GROUPS))
                    | connector
                }
            }
        )
        # The interval of Exchange 2013 and later is 15 min, above any longest wait here.
        if "message_retry_longest" in result[name]:
            result[name].setdefault("message_retry_interval", "1 min")
    return result


@st.composite
def hosts(draw: st.DrawFn, names: tuple[str, ...], server: str | None = None) -> Tables:
    """Hosts of all kinds with one or two streams each; without a server they go by DNS."""
    result = {}
    for number, name in enumerate(names):
        streams = draw(st.dictionaries(st.sampled_from("ab"), _STREAM, min_size=1, max_size=2))
        kind = draw(st.sampled_from(_KINDS if server is None else _KINDS[:-1]))
        result[name] = {
            "kind": kind,
            "address": f"10.0.0.{draw(st.integers(1, 2))}"
            if server is None
            else f"10.0.1.{number}",
            "server": server or draw(st.sampled_from(("one", "all"))),
            "streams": streams,
        }
        result[name] |= draw(st.sampled_from(_ACCOUNT)) | draw(_HOST)
    return result


# Some of them begin or end at the same time.
_AT = st.one_of(st.integers(0, DURATION), st.sampled_from(range(0, DURATION + 1, 30)))
_LENGTH = st.one_of(st.integers(0, 120), st.sampled_from((30, 60)))


def _event(kinds: dict[str, st.SearchStrategy[Tables]]) -> st.SearchStrategy[Tables]:
    return st.sampled_from(sorted(kinds)).flatmap(
        lambda kind: st.builds(
            lambda at, length, event: {"at": f"{at} s", kind: event | {"for": f"{length} s"}},
            _AT,
            _LENGTH,
            kinds[kind],
        )
    )


def events(names: tuple[str, ...], of: tuple[str, ...]) -> st.SearchStrategy[list[Tables]]:
    """Stops of hubs, outages, listings of an egress or of what carries the mail of a host."""
    listing = st.one_of(
        *(st.just({"egress": EGRESS[name], "blocklist": "css"}) for name in names),
        *(st.just({"of": host, "blocklist": "css"}) for host in of),
    )
    kinds = {
        "stop": st.sampled_from(names).map(lambda name: {"hub": name}),
        "outage": st.builds(
            lambda name, hosts: {"destination": name} | hosts,
            st.sampled_from(PLACES[1:]),
            st.sampled_from(({}, {}, {"mx_hosts": 1}, {"mx_hosts": 2})),
        ),
        "listing": listing,
        "resolver_fault": st.builds(
            lambda name, share: {"destination": name, "share": share},
            st.sampled_from(PLACES[1:]),
            st.sampled_from((0.5, 1.0)),
        ),
    }
    return st.lists(_event(kinds), max_size=9)


def outages(tables: Tables) -> st.SearchStrategy[list[Tables]]:
    """Outages of the mailbox server and of lines, in half of the worlds."""
    own = [ip for ip, table in tables["egress"].items() if "line" not in table]
    places = [
        {"destination": "internal"},
        *({"line": line} for line in [*tables.get("lines", ()), *own]),
    ]
    outage = _event({"outage": st.sampled_from(places)})
    return st.one_of(st.just([]), st.lists(outage, max_size=3))


def give_hosts(tables: Tables) -> None:
    """Give each destination as many MX hosts as an outage of some takes away."""
    for event in tables["events"]:
        lost = event.get("outage", {}).get("mx_hosts", 0)
        if lost:
            destination = tables["destinations"][event["outage"]["destination"]]
            destination["mx_hosts"] = max(lost, destination.get("mx_hosts", 1))


@st.composite
def destinations(draw: st.DrawFn) -> Tables:
    """Three destinations, one of them with several domains."""
    domains: Tables = {
        "sink": {"domains": ["example.org"]},
        "many": {"domain_count": draw(st.integers(1, 4))},
        "other": {"domains": ["example.net"]},
        "smarthost": {"domains": ["mx.provider.example"]},
    }
    result = {name: {"profile": "none"} | draw(_DESTINATION) | of for name, of in domains.items()}
    for destination in result.values():
        if "mx_hosts" in destination and draw(st.sampled_from((False, False, True))):
            destination["unreachable_mx_hosts"] = 1
    return result


_OF_POSTFIX = _each(
    minimal_backoff_time=("1 s", "20 s"),
    maximal_backoff_time=("20 s", "2 min"),
    queue_run_delay=("1 s", "7 s", "1 min"),
    initial_destination_concurrency=(1, 2, 5),
    destination_concurrency_positive_feedback=("1", "1/concurrency", "1/sqrt_concurrency"),
    destination_concurrency_negative_feedback=("1", "1/concurrency", "1/sqrt_concurrency"),
    smtp_connection_reuse_time_limit=("1 s", "10 s", "5 min"),
    smtp_connection_cache_time_limit=("0 s", "2 s", "1 min"),
    qmgr_message_active_limit=(1, 3, 20_000),
    in_flow_delay=("0 s", "1 s"),
    process_start_time=("0 s", "1 s"),
    max_idle=("10 s", "100 s"),
    default_destination_recipient_limit=(2, 3, 50),
    default_delivery_slot_cost=(0, 2, 3),
    default_delivery_slot_discount=(0, 50, 100),
    default_delivery_slot_loan=(0, 3),
    default_minimum_delivery_slots=(0, 1, 3),
)
_GROWTH = ("message_retry_factor", "message_retry_longest")
_KEYS = {mta: BUILT_IN.profile(Kind.MTA, mta).table("hub") for mta in ("none", "postfix")}


@st.composite
def with_postfix(draw: st.DrawFn, tables: Tables) -> Tables:
    """The same, where some hubs without a front end run Postfix, which lacks some settings."""
    linked = tables["send_connectors"].get("linked", {}).get("source_transport_servers", ())
    for name, hub in tables["hubs"].items():
        roles = [each.get("transport_role") for each in hub["receive_connectors"].values()]
        if name not in linked and not any(roles) and draw(st.sampled_from((False, False, True))):
            costs = dict.fromkeys(("receive_cost", "send_cost", "commit_write"), "0 s")
            kept = {
                key: value
                for key, value in hub.items()
                if key in _KEYS["postfix"] or (key not in _KEYS["none"] and key not in _GROWTH)
            }
            tables["hubs"][name] = costs | kept | draw(_OF_POSTFIX) | {"mta": "postfix"}
    return tables


@st.composite
def with_chain(draw: st.DrawFn, tables: Tables) -> Tables:
    """The same, where the first hubs may send by the last ones, as clients of theirs."""
    names, connectors = tuple(tables["hubs"]), tables["send_connectors"]
    if len(names) == 1 or draw(st.sampled_from((True, True, False))):
        return tables
    behind = names[draw(st.integers(1, len(names) - 1)) :]
    tables["dns"]["dmz"] = [ADDRESS[name] for name in behind]
    connectors["last"] = connectors["internet"] | {
        "source_transport_servers": list(behind),
        "max_message_size": "unlimited",
    }
    connectors["internet"] |= {
        "source_transport_servers": list(names[: -len(behind)]),
        "smart_hosts": draw(st.sampled_from((list(behind), ["dmz"], [ADDRESS[behind[0]]]))),
        "dns_routing_enabled": False,
    }
    return tables


_SPACES = st.sampled_from((["SMTP:*;1"], ["SMTP:*;1"], ["SMTP:*;1"], ["SMTP:*.example;1"]))
"""The last one leaves mail without a way: it waits in the unreachable queue."""


@st.composite
def send_connectors(draw: st.DrawFn, names: tuple[str, ...]) -> Tables:
    """A way for all, perhaps one by a smart host for some, perhaps one for a receive connector."""
    sources = st.lists(st.sampled_from(names), min_size=1, unique=True)
    limit = st.sampled_from(LIMIT)
    size = st.sampled_from(("4 KB", "20 KB", "unlimited"))
    smart = {"smart_hosts": ["mx.provider.example"], "dns_routing_enabled": False}
    result: Tables = {
        "internet": {"address_spaces": draw(_SPACES), "max_message_size": draw(size)},
    }
    if draw(st.booleans()):
        spaces = draw(st.sampled_from((["SMTP:*;2"], ["SMTP:example.net;1"])))
        result["smart"] = smart | {"address_spaces": spaces, "max_message_size": draw(size)}
    if draw(st.sampled_from((False, False, True))):
        result["linked"] = smart | {
            "linked_receive_connector": rf"{draw(st.sampled_from(names))}\relay",
            "max_message_size": "unlimited",
        }
    for connector in result.values():
        connector["source_transport_servers"] = draw(sources)
        connector["smtp_max_messages_per_connection"] = draw(limit)
        connector |= draw(_some(send_cost=_COST))
    return result


_MIXED = ({"internal": 0.5, "other": 0.5}, {"internal": 0.25, "sink": 0.25, "many": 0.5})


def _campaign(draw: st.DrawFn, tables: Tables, at: int) -> None:
    """Let the first host send much mail for several next hops at a time, and try again."""
    host = next(iter(tables["hosts"].values()))
    host |= {"on_failure": _DROP_OR_RETRY[1], "sessions": draw(st.sampled_from((3, "unlimited")))}
    for stream in host["streams"].values():
        stream |= draw(_each(recipients=(3, 2, 1), to=_MIXED, size=_SIZE[1:]))
        stream["arrivals"] = {
            "process": "campaign",
            "at": f"{at} s",
            "messages": draw(st.sampled_from((20, 30, 12))),
            "rate": draw(st.sampled_from(("1/s", "1000000/s"))),
        }


_CUT_OFF = _each(
    cores=(1, 2),
    receive_cost=("1 s", "10 ms", "5 s", "0 s"),
    categorize_cost=("10 ms", "1 s", "5 s"),
    send_cost=("1 s", "10 ms", "0 s"),
    commit_write=("1 s", "5 s", "0 s"),
    queue_database_batch_size=(40, 2, 3),
    queue_database_batch_timeout=("20 s", "1 s"),
)
_HALF_OPEN = _each(
    permissions=(RELAY, []),
    max_acknowledgement_delay=("2 min", "30 s"),
    max_inbound_connection_percentage_per_source=(100,),
    message_rate_limit=("unlimited",),
)
_SLOW = _some(
    response_time=("10 s", "1 s", {"distribution": "exponential", "mean": "10 s"}),
    connect_time=("1 s", "0 s"),
    max_connections_per_ip=(1, 2),
    connection_backlog=(1, 0, 2),
    surplus_connections=SURPLUS,
)


@st.composite
def with_stops(draw: st.DrawFn, tables: Tables) -> Tables:
    """The same, where hubs stop some times in the middle of sessions, commits and attempts."""
    at = draw(st.integers(0, 100))
    _campaign(draw, tables, at)
    for name, hub in tables["hubs"].items():
        hub |= draw(_CUT_OFF)
        hub["receive_connectors"]["relay"] |= draw(_HALF_OPEN)
        for begin in draw(st.lists(st.integers(1, 60), min_size=1, max_size=3)):
            length = draw(st.sampled_from((1, 5, 20)))
            tables["events"].append(
                {"at": f"{at + begin} s", "stop": {"hub": name, "for": f"{length} s"}}
            )
    for destination in tables["destinations"].values():
        destination |= draw(_SLOW)
    return tables


_FILLED = (_DRIVE, _PRESSED | _DRIVE, _PRESSED | _QUICK, _PRESSED, _DRIVE, _FULL, _FULL)


@st.composite
def with_transfers(draw: st.DrawFn, tables: Tables) -> Tables:
    """The same, where one hub takes the mail and others, which fill up, send it."""
    names = tuple(tables["hubs"])
    if len(names) == 1:
        return tables
    first = draw(st.sampled_from(names))
    others = [name for name in names if name != first]
    at = draw(st.integers(0, 200))
    _campaign(draw, tables, at)
    tables["dns"]["one"] = [ADDRESS[first]]
    next(iter(tables["hosts"].values()))["server"] = "one"
    for connector in tables["send_connectors"].values():
        connector["source_transport_servers"] = others
    mta = draw(st.sampled_from(("exchange-2007", "none", "exchange-2007")))
    filled = draw(st.sampled_from(_FILLED))
    for name, hub in tables["hubs"].items():
        hub["send_cost"] = draw(st.sampled_from(("1 s", "10 ms", "5 s")))
        hub["mta"] = draw(st.sampled_from(("none", "none", "exchange-2010")))
        if name != first:
            hub["mta"] = mta
            hub["commit_write"] = draw(st.sampled_from(("1 s", "0 s", "5 s")))
            hub["receive_cost"] = draw(st.sampled_from(("1 s", "0 s", "10 ms")))
            hub["back_pressure"] = draw(st.sampled_from((filled, filled, filled, {})))
        if draw(st.booleans()):
            begin, length = draw(st.integers(1, 60)), draw(st.sampled_from((1, 10, 60)))
            tables["events"].append(
                {"at": f"{at + begin} s", "stop": {"hub": name, "for": f"{length} s"}}
            )
    return tables


@st.composite
def with_full_hub(draw: st.DrawFn, tables: Tables) -> Tables:
    """The same, where the first hub fills up and refuses connections, and hosts soon give up."""
    _campaign(draw, tables, draw(st.integers(0, 100)))
    hub = next(iter(tables["hubs"].values()))
    hub["mta"] = "exchange-2007"
    hub["back_pressure"] = draw(st.sampled_from(_FILLED))
    for host in tables["hosts"].values():
        host["on_failure"] = draw(st.sampled_from(_DROP_OR_RETRY[:2]))
    return tables


_SERVERS = {
    "bindings": ["0.0.0.0:2525"],
    "remote_ip_ranges": ["0.0.0.0-255.255.255.255"],
    "transport_role": "HubTransport",
    "permission_groups": ["ExchangeServers"],
    "auth_mechanism": ["Tls", "ExchangeServer"],
}


@st.composite
def with_front_ends(draw: st.DrawFn, tables: Tables) -> Tables:
    """The same, where front ends proxy mail to the hubs of a site, which stop in between."""
    at = draw(st.integers(0, 100))
    _campaign(draw, tables, at)
    tables["send_connectors"].pop("linked", None)
    for destination in tables["destinations"].values():
        destination |= draw(_each(response_time=("10 s", "30 s", "1 s")))
    for connector in tables["send_connectors"].values():
        connector["frontend_proxy_enabled"] = draw(st.sampled_from((True, True, False)))
    for name, hub in tables["hubs"].items():
        hub |= draw(_CUT_OFF)
        hub["mta"] = draw(st.sampled_from(("exchange-se", "exchange-2019", "exchange-2013")))
        hub["site"] = draw(st.sampled_from(("Istanbul", "Istanbul", "Istanbul", "Ankara")))
        hub["back_pressure"] = draw(st.sampled_from(({}, {}, *_FILLED)))
        relay = hub["receive_connectors"]["relay"]
        relay.pop("max_acknowledgement_delay", None)
        relay |= draw(_each(permissions=(RELAY, RELAY, []), tarpit_interval=("0 s",)))
        relay["transport_role"] = draw(
            st.sampled_from(("FrontendTransport", "FrontendTransport", "HubTransport"))
        )
        if draw(st.booleans()):
            hub["receive_connectors"]["servers"] = _SERVERS | draw(_some(receive_cost=_COST))
        for begin in draw(st.lists(st.integers(1, 60), max_size=3)):
            tables["events"].append({"at": f"{at + begin} s", "stop": {"hub": name, "for": "5 s"}})
    return tables


_FEW = _each(
    max_outbound_connections=(2, 1, 3, "unlimited"),
    max_per_domain_outbound_connections=(1, 2, "unlimited"),
    priority_queuing_enabled=(True, True, False),
    max_per_domain_high_priority_connections=(1, 2),
    max_per_domain_normal_priority_connections=(1, 2),
    max_per_domain_low_priority_connections=(1, 2),
    skip_5xx_greeting=(False, False, True),
    reject_time=("1 s", "0 s"),
)
_CROWDED = _each(
    response_time=("1 s", "10 s"),
    max_connections_per_ip=(1, 2, 3, "unlimited"),
    connection_backlog=(0, 1, 2),
    surplus_connections=SURPLUS,
    refuses_on=({"css": 1.0}, {"css": 0.5}),
    refusal_stage=("greeting", "greeting", "mail", "data"),
    refusal_action=("reject", "reject", "defer"),
)


@st.composite
def with_limits(draw: st.DrawFn, tables: Tables) -> Tables:
    """The same, where little mail goes out at a time, and some is refused."""
    at = draw(st.integers(0, 200))
    _campaign(draw, tables, at)
    for hub in tables["hubs"].values():
        hub |= draw(_FEW)
    for destination in tables["destinations"].values():
        if draw(st.sampled_from((True, True, False))):
            destination |= draw(_CROWDED)
    for begin in draw(st.lists(st.integers(0, 60), max_size=3)):
        ip = draw(st.sampled_from(sorted(tables["egress"])))
        listing = {"egress": ip, "blocklist": "css", "for": "20 s"}
        tables["events"].append({"at": f"{at + begin} s", "listing": listing})
    return tables


@st.composite
def lines(draw: st.DrawFn, names: tuple[str, ...], shared: bool) -> Tables:
    """Public IPs, on a common line if they may share one."""
    bandwidth = draw(st.sampled_from(("8 kbit/s", "1 Mbit/s", "unlimited")))
    if shared:
        return {
            "lines": {"main": {"bandwidth": bandwidth}},
            "egress": {EGRESS[name]: {"line": "main"} for name in names},
        }
    return {"egress": {EGRESS[name]: {"bandwidth": bandwidth} for name in names}}


@st.composite
def worlds(draw: st.DrawFn) -> Tables:
    """Any scenario, in most cases with all that has to do with reputation."""
    tables = draw(plain_worlds())
    has_reputation = draw(st.sampled_from((True, False, True)))
    return draw(reputed_worlds(tables)) if has_reputation else tables


@st.composite
def reputed_worlds(draw: st.DrawFn, tables: Tables | None = None) -> Tables:
    """A scenario with reputation: within minutes, hours, or days; perhaps without blocklists."""
    result = draw(reputed(draw(plain_worlds()) if tables is None else tables))
    if draw(st.sampled_from((False,) * 7 + (True,))):
        result = unlisted(result)
    times = draw(st.sampled_from((1, 1, 2, 1, 0, 2)))
    if times:
        result = slowed(result)
    return slower(result) if times == 2 else result


@st.composite
def plain_worlds(draw: st.DrawFn) -> Tables:
    """One to three hubs, one to three hosts, whatever may happen to them.

    In most worlds something that is rare otherwise is common.
    """
    names = HUBS[: draw(st.sampled_from((3, 1, 2, 2, 3)))]
    senders = ("crm", "mailer", "users")[: draw(st.integers(1, 3))]
    addresses = [ADDRESS[name] for name in names]
    drain = draw(st.sampled_from(("0 s", "1 min", "1 h")))
    tables = {
        "name": "random",
        "run": {"duration": f"{DURATION} s", "drain": drain},
        "organization": {"domains": {"cozumpark.com": "Authoritative"}},
        "dns": {"one": addresses[:1], "all": addresses},
        "hubs": draw(hubs(names)),
        "send_connectors": draw(send_connectors(names)),
        **draw(lines(names, draw(st.booleans()))),
        "mailboxes": draw(_some(delivery_time=_LAW)),
        "hosts": draw(hosts(senders)),
        "destinations": draw(destinations()),
        "blocklists": {"css": {"profile": "spamhaus-css"}},
        "events": draw(events(names, senders)),
    }
    focus = (
        *(None, with_stops, with_transfers, with_transfers, with_limits, with_full_hub),
        with_front_ends,
    )
    common = draw(st.sampled_from(focus))
    if common:
        tables = draw(common(tables))
    tables = draw(with_chain(draw(with_postfix(tables))))
    if draw(st.sampled_from((False, False, True))):
        tables = draw(with_balancers(tables))
    if draw(st.booleans()):
        tables = draw(with_pools(tables))
    sites = sorted({hub.get("site", DEFAULT_SITE) for hub in tables["hubs"].values()})
    tables["mailboxes"]["site"] = draw(st.sampled_from(sites))
    if draw(st.sampled_from((False, False, False, True))):
        tables = draw(with_relays(tables))
    if draw(st.sampled_from((False, False, True))):
        tables = draw(with_authentication(tables))
    give_hosts(tables)
    tables["events"] += draw(outages(tables))
    tables["events"] = [event for event in tables["events"] if _in_time(event, DURATION, drain)]
    return tables


def _in_time(event: Tables, duration: int, drain: str) -> bool:
    """Whether an event begins in the run: at its end is too late if it does not drain."""
    return drain != "0 s" or int(event["at"].removesuffix(" s")) < duration
