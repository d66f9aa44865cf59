"""MTA profiles: the defaults of a hub and of its receive connectors, in a scenario file's spelling.

Each default carries its source and how sure it is. `none` has every cost and delay zero and every
limit off; only its retry clock is that of Exchange, because a queue needs one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from relaysim.mail.spelling import look_up
from relaysim.mail.value import Certainty, Value, plain

Table = Mapping[str, Value]

_SERVER = "Microsoft, Set-TransportServer, 2010 paragraphs"
_RETRY = "Microsoft, message intervals (2013 and later)"
_DATABASE = "Microsoft, queues (2013 and later): QueueDatabaseBatch..."
_CONFIG = "EdgeTransport.exe.config of a real Exchange 2019 server"
_CONNECTOR = "Microsoft, Set-ReceiveConnector, 2010 paragraphs"
_LIMITS_2007 = "Microsoft, receive connector limits of Exchange 2007"
_SAME_2007 = "repeats the value of 2010"
_BLOG_2007 = "mail2007.blogspot.com, message throttling in Exchange 2007"
_LATER_DEFAULT = "Microsoft, message throttling (2013 and later): the Default connector"
_CORE_RATIO = (
    "order of magnitude from Microsoft's ratios of hub to mailbox cores, which imply 36 to 76 ms "
    "of core time a message"
)
_DRIVE = "Microsoft, back pressure of Exchange 2007 SP1 and 2010: 500 MB"
_LOG_DRIVE = (
    "deangrant.me, back pressure of Exchange 2010 SP1: the larger of 5 GB and three times the "
    "depth of the checkpoint. Events 15006 of 2010 print 92, 94 and 96 % for the log beside 95, "
    "97 and 99 % for the database; later texts of Microsoft have the smaller of the two"
)
_NONE = "no cost, no delay, no limit"


def _confirmed(value: Any, source: str) -> Value:
    return Value(value, source, Certainty.CONFIRMED)


def _unconfirmed(value: Any, source: str) -> Value:
    return Value(value, source, Certainty.UNCONFIRMED)


def _one_source(value: Any, source: str) -> Value:
    return Value(value, source, Certainty.ONE_SOURCE)


def _assumed(value: Any, source: str) -> Value:
    return Value(value, source, Certainty.ASSUMPTION)


def _off(value: Any) -> Value:
    return Value(value, _NONE, Certainty.DEFINITION)


def _cost(base: str, per_kb: str) -> dict[str, Any]:
    return {"base": base, "per_kb": per_kb, "cv": 0.5}


_RETRY_CLOCK: Table = {
    "message_expiration_timeout": _confirmed("2 d", _SERVER),
    "message_retry_interval": _confirmed("1 min", _SERVER),
    "outbound_connection_failure_retry_interval": _confirmed("10 min", _SERVER),
    "transient_failure_retry_count": _confirmed(6, _SERVER),
    "transient_failure_retry_interval": _confirmed("5 min", _SERVER),
    "queue_glitch_retry_count": _unconfirmed(4, _RETRY),
    "queue_glitch_retry_interval": _unconfirmed("1 min", _RETRY),
    "delay_notification_timeout": _confirmed("4 h", _SERVER),
}

_SKIP = _assumed(
    True,
    "true: a 5xx greeting puts the queue into Retry, as Postfix does by default "
    "(smtp_skip_5xx_greeting); false: its mail bounces. What Exchange does is not documented",
)

_HUB_2010: Table = {
    "receive_cost": _assumed(_cost("4 ms", "0.05 ms"), _CORE_RATIO),
    "categorize_cost": _assumed(_cost("20 ms", "0.2 ms"), _CORE_RATIO),
    "antivirus_cost": _assumed(_cost("0 ms", "0 ms"), "no scanner on the hub"),
    "send_cost": _assumed(_cost("4 ms", "0.05 ms"), _CORE_RATIO),
    "max_outbound_connections": _confirmed(1000, _SERVER),
    "max_per_domain_outbound_connections": _confirmed(20, _SERVER),
    "max_concurrent_mailbox_deliveries": _confirmed(20, _SERVER),
    "max_concurrent_mailbox_submissions": _confirmed(20, _SERVER),
    "max_connection_rate_per_minute": _confirmed(1200, _SERVER),
    **_RETRY_CLOCK,
    "reject_time": _assumed("0.2 s", "a round trip or two and a look-up"),
    "skip_5xx_greeting": _SKIP,
    "queue_database_batch_size": _unconfirmed(40, _DATABASE),
    "queue_database_batch_timeout": _unconfirmed("100 ms", _DATABASE),
    "commit_write": _assumed("10 ms", "one sequential write of a log"),
    "priority_queuing_enabled": _unconfirmed(False, _CONFIG),
    "max_per_domain_high_priority_connections": _unconfirmed(3, _CONFIG),
    "max_per_domain_normal_priority_connections": _unconfirmed(15, _CONFIG),
    "max_per_domain_low_priority_connections": _unconfirmed(2, _CONFIG),
    "specific_binding_hides_wildcard": _unconfirmed(False, "best knowledge"),
}

_HUB_2007: Table = {
    **_HUB_2010,
    "max_outbound_connections": _one_source(1000, _BLOG_2007),
    "max_per_domain_outbound_connections": _confirmed(20, "Microsoft, 2007 to 2021 texts"),
    "max_concurrent_mailbox_deliveries": _one_source(30, _BLOG_2007),
    "max_concurrent_mailbox_submissions": _one_source(30, _BLOG_2007),
    "max_connection_rate_per_minute": _unconfirmed(1200, _SAME_2007),
    "message_expiration_timeout": _unconfirmed("2 d", _SAME_2007),
    "message_retry_interval": _unconfirmed("1 min", _SAME_2007),
    "delay_notification_timeout": _unconfirmed("4 h", _SAME_2007),
    "outbound_connection_failure_retry_interval": _confirmed(
        "10 min", "blog.meigh.eu, Exchange 2007 message queue limits, and Microsoft"
    ),
    "transient_failure_retry_count": _confirmed(
        6, "blog.meigh.eu, Exchange 2007 message queue limits, and Microsoft"
    ),
    "transient_failure_retry_interval": _confirmed(
        "5 min", "blog.meigh.eu, Exchange 2007 message queue limits, and Microsoft"
    ),
}

_HUB_NONE: Table = {
    "receive_cost": _off(_cost("0 ms", "0 ms")),
    "categorize_cost": _off(_cost("0 ms", "0 ms")),
    "antivirus_cost": _off(_cost("0 ms", "0 ms")),
    "send_cost": _off(_cost("0 ms", "0 ms")),
    "max_outbound_connections": _off("unlimited"),
    "max_per_domain_outbound_connections": _off("unlimited"),
    "max_concurrent_mailbox_deliveries": _off("unlimited"),
    "max_concurrent_mailbox_submissions": _off("unlimited"),
    "max_connection_rate_per_minute": _off("unlimited"),
    **_RETRY_CLOCK,
    "reject_time": _off("0 s"),
    "skip_5xx_greeting": _SKIP,
    "queue_database_batch_size": _off(1),
    "queue_database_batch_timeout": _off("0 s"),
    "commit_write": _off("0 s"),
    "priority_queuing_enabled": _off(False),
    "max_per_domain_high_priority_connections": _off("unlimited"),
    "max_per_domain_normal_priority_connections": _off("unlimited"),
    "max_per_domain_low_priority_connections": _off("unlimited"),
    "specific_binding_hides_wildcard": _off(False),
}

_CONNECTOR_2010: Table = {
    "max_inbound_connection": _confirmed(5000, _CONNECTOR),
    "max_inbound_connection_per_source": _confirmed(20, _CONNECTOR),
    "max_inbound_connection_percentage_per_source": _confirmed(2, _CONNECTOR),
    "message_rate_limit": _confirmed("unlimited", _CONNECTOR),
    "message_rate_source": _confirmed("IPAddress", _CONNECTOR),
    "max_message_size": _confirmed("10 MB", _CONNECTOR),
    "max_recipients_per_message": _confirmed(200, _CONNECTOR),
    "tarpit_interval": _confirmed("5 s", _CONNECTOR),
    "max_acknowledgement_delay": _confirmed("30 s", _CONNECTOR),
}

_DEFAULT_CONNECTOR_2010: Table = {
    "max_inbound_connection_per_source": _unconfirmed("unlimited", _LATER_DEFAULT),
    "max_inbound_connection_percentage_per_source": _unconfirmed(100, _LATER_DEFAULT),
    "max_recipients_per_message": _unconfirmed(5000, _LATER_DEFAULT),
}

_CLIENT_CONNECTOR_2010: Table = {
    "message_rate_limit": _one_source("5/min", "serverfault.com, question 833887 (2010 SP1)"),
    "message_rate_source": _one_source("User", "serverfault.com, question 833887 (2010 SP1)"),
}

_CONNECTOR_2007: Table = {
    "max_inbound_connection": _unconfirmed(5000, _SAME_2007),
    "max_inbound_connection_per_source": _confirmed(100, _LIMITS_2007),
    "max_inbound_connection_percentage_per_source": _unconfirmed(2, _SAME_2007),
    "message_rate_limit": _unconfirmed("unlimited", _SAME_2007),
    "message_rate_source": _unconfirmed("IPAddress", "no such parameter: always the address"),
    "max_message_size": _unconfirmed("10 MB", _SAME_2007),
    "max_recipients_per_message": _unconfirmed(200, _SAME_2007),
    "tarpit_interval": _unconfirmed("5 s", _SAME_2007),
    "max_acknowledgement_delay": _confirmed("0 s", "no such parameter: new in 2010"),
}

_CONNECTOR_NONE: Table = {
    "max_inbound_connection": _off("unlimited"),
    "max_inbound_connection_per_source": _off("unlimited"),
    "max_inbound_connection_percentage_per_source": _off(100),
    "message_rate_limit": _off("unlimited"),
    "message_rate_source": _off("IPAddress"),
    "max_message_size": _off("unlimited"),
    "max_recipients_per_message": _off("unlimited"),
    "tarpit_interval": _off("0 s"),
    "max_acknowledgement_delay": _off("0 s"),
}


_PRESSURE_2010: Table = {
    "database_free_space": _confirmed("500 MB", _DRIVE),
    "log_free_space": _one_source("5 GB", _LOG_DRIVE),
}

_PRESSURE_2007: Table = {
    "database_free_space": _confirmed("500 MB", _DRIVE),
    "log_free_space": _unconfirmed("5 GB", _SAME_2007),
}

_PRESSURE_NONE: Table = {
    "database_free_space": _confirmed("500 MB", _DRIVE),
    "log_free_space": _off("0 B"),
}


@dataclass(frozen=True, slots=True)
class MtaProfile:
    """The defaults of one MTA.

    `default_connector` and `client_connector` lie over `receive_connector` for the connectors that
    Exchange installs: `Default <hub>` and `Client <hub>`.
    """

    hub: Table
    back_pressure: Table
    receive_connector: Table
    default_connector: Table
    client_connector: Table


MTA_PROFILES: Mapping[str, MtaProfile] = MappingProxyType(
    {
        "exchange-2007": MtaProfile(_HUB_2007, _PRESSURE_2007, _CONNECTOR_2007, {}, {}),
        "exchange-2010": MtaProfile(
            _HUB_2010,
            _PRESSURE_2010,
            _CONNECTOR_2010,
            _DEFAULT_CONNECTOR_2010,
            _CLIENT_CONNECTOR_2010,
        ),
        "none": MtaProfile(_HUB_NONE, _PRESSURE_NONE, _CONNECTOR_NONE, {}, {}),
    }
)
"""The profiles by name."""


def mta_profile(mta: str) -> MtaProfile:
    """The profile of this name. Raises ValueError that names the nearest."""
    return look_up(MTA_PROFILES, mta, "an MTA profile")


def hub_defaults(mta: str) -> dict[str, Any]:
    """The defaults of a hub, as a table of the scenario file that the caller may change."""
    profile = mta_profile(mta)
    return plain(profile.hub) | {"back_pressure": plain(profile.back_pressure)}


def receive_connector_defaults(mta: str, hub: str, connector: str) -> dict[str, Any]:
    """The defaults of a receive connector of `hub`, as a table of the scenario file."""
    profile = mta_profile(mta)
    installed = {
        f"Default {hub}".casefold(): profile.default_connector,
        f"Client {hub}".casefold(): profile.client_connector,
    }
    return plain({**profile.receive_connector, **installed.get(connector.casefold(), {})})
