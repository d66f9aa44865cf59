"""The memory that both sides of the compiled engine share, declared once.

`header` writes it as C++, `packed_plan` and `packed_draws` fill it. All fields are 64-bit integers;
in a plan 0 stands for no limit where 0 makes no sense as a limit, and -1 for "none" everywhere
else.
"""

from relaysim.engine.relay.hub import DSN_SIZE
from relaysim.engine.reputation.listings import PARTIES
from relaysim.engine.reputation.mailbox_provider import INTERVAL
from relaysim.engine.reputation.signals import LATEST_COMPLAINT
from relaysim.mail import office_hours, provider_state
from relaysim.mail.destination_concurrency import WHOLE, Feedback
from relaysim.mail.dialogue import HUB_BANDWIDTH
from relaysim.mail.provider_state import SCALE
from relaysim.mail.retry_clock import SECOND
from relaysim.mail.session_time import MAILBOX_SUBMISSION
from relaysim.plan.plan import TOO_LARGE

FEEDBACK = tuple(Feedback)
"""How the concurrency to a next hop changes, by its number."""

CONSTANTS: dict[str, int] = {
    "SECOND": SECOND,
    "MINUTE": 60_000_000,
    "HOUR": 3_600_000_000,
    "DAY": 86_400_000_000,
    "TOO_LARGE": TOO_LARGE,
    "DSN_SIZE": DSN_SIZE,
    "PARTIES": PARTIES,
    "SCALE": SCALE,
    "HUB_BANDWIDTH": HUB_BANDWIDTH,
    "WHOLE": WHOLE,
    **{feedback.name: number for number, feedback in enumerate(FEEDBACK)},
    "MAILBOX_SUBMISSION": MAILBOX_SUBMISSION,
    "REVIEW_INTERVAL": INTERVAL,
    "LEAVE": provider_state.LEAVE,
    "LEAVE_WARN": provider_state.LEAVE_WARN,
    **{f"ENTER_{state.name}": badness for badness, state in provider_state.ENTER},
    "LATEST_COMPLAINT": LATEST_COMPLAINT,
    "WAKES": office_hours.WAKES,
    "SLEEPS": office_hours.SLEEPS,
}
"""Numbers of the rules of mail that the engine needs."""
BACK_OFF = ("source", "stream", "none")
"""What waits when a provider throttles, by its number."""

THRESHOLDS = ("low_to_medium", "medium_to_high", "high_to_medium", "medium_to_low")
"""Fields of `Thresholds`: of version buckets in a hub, of the use of a drive in a drive."""

QUEUE_MANAGER = (
    "minimal_backoff_time",
    "maximal_backoff_time",
    "queue_run_delay",
    "initial_destination_concurrency",
    "connection_reuse_time",
    "connection_cache_time",
    "active_limit",
    "in_flow_delay",
    "process_start_time",
    "max_idle",
    "positive_feedback",
    "negative_feedback",
)
"""Fields of `QueueManagerPlan`; all 0 for a hub without a queue manager."""

WORDED = (
    "too_many_sessions",
    "too_many_sessions_of_source",
    "insufficient_resources",
    "message_too_large",
    "submission_rate_exceeded",
    "queued",
)
"""Replies of a receive connector, which hubs word differently."""

COUNTERS = ("attempted", "complaints", "inboxed", "traps", "unknown")

GREYLIST = ("delay", "retry_window", "max_age", "auto_whitelist_clients")
"""Fields of `GreylistRules`; all 0 for a destination without greylisting."""

PROVIDER_RULES = (
    "complaint_limit",
    "unknown_limit",
    "trap_limit",
    "decay",
    "domain_weight",
    "least_inboxed",
    "throttle_rate",
    "persistence_time",
    "recovery_time",
    "block_time",
)
"""Fields of `ReputationPlan`; all 0 for a destination without reputation."""

STRUCTS: dict[str, tuple[str, ...]] = {
    "RunPlan": (
        "duration",
        "horizon",
        "linked",
        "mailbox_time",
        "complaint_delay",
        "feedback_delay",
        "from_domains",
        "back_off",
        "week_offset",
        "reacts",
        "counts_volume",
        "detects_compromise",
        "unable_to_connect",
        "accepted",
        "message_expired",
        "connection_dropped",
        "service_not_available",
        "queued",
        "insufficient_resources",
        "no_route_for_size",
        "temporary_server_error",
        "too_many_connections",
    ),
    "StreamPlan": (
        "host",
        "priority",
        "sender_domain",
        "sender_is_authoritative",
        "from_domain",
        "culprit",
        "counted",
        "compromised",
        "bounce_removals",
        "listing_party",
        "ip_party",
    ),
    "HostPlan": (
        "by_mailbox_server",
        "account",
        "sessions",
        "messages_per_connection",
        "retry_every",
        "give_up_after",
        "round_trip",
        "bandwidth",
        "first_target",
        "target_count",
        "first_server",
        "server_count",
    ),
    "TargetPlan": ("hub", "connector", "source"),
    "ServerPlan": ("first", "length", "balancer"),
    "BalancerPlan": ("first_hub", "hub_count", "least_connections", "health_check_interval"),
    "VerdictPlan": (
        "opening_time",
        "mail",
        "recipient",
        "content",
        "round_trip",
        "bandwidth",
        "error_delay",
        "pipelining",
        "bypasses_size_limit",
        "relays",
    ),
    "ConnectorPlan": (
        "hub",
        "station",
        "max_inbound_connection",
        "max_inbound_connection_per_source",
        "max_inbound_connection_percentage_per_source",
        "message_rate_limit",
        "message_rate_per",
        "max_message_size",
        "max_recipients_per_message",
        "max_acknowledgement_delay",
        *WORDED,
        "first_taker",
        "taker_count",
    ),
    "CostPlan": ("base", "per_kb", "factors"),
    "HubPlan": (
        "cores",
        "sends_first",
        "cpu_station",
        "commit_station",
        "submission_station",
        "egress",
        "dsn_stream",
        "batch_size",
        "batch_timeout",
        "commit_write",
        "connection_rate",
        "mailbox_submissions",
        "outbound_connections",
        "reject_time",
        "skip_5xx_greeting",
        "shadow",
        "message_retry_interval",
        "queue_glitch_retry_count",
        "queue_glitch_retry_interval",
        "transient_failure_retry_count",
        "transient_failure_retry_interval",
        "outbound_connection_failure_retry_interval",
        *QUEUE_MANAGER,
        "message_expiration_timeout",
        "delay_notification_timeout",
        "has_quotas",
        "high_quota",
        "normal_quota",
        "low_quota",
        "version_bucket_size",
        "first_drive",
        "drive_count",
        "resource_monitoring_interval",
        *THRESHOLDS,
        "version_buckets_history_depth",
        "delay_start",
        "delay_step",
        "delay_longest",
        "delays_first",
    ),
    "DrivePlan": ("level", "size", "used", "holds_mail", *THRESHOLDS),
    "QueuePlan": (
        "hub",
        "reachable",
        "connections",
        "per_connection",
        "per_further_connection",
        "receiver",
        "domain",
        "egress",
        "line",
        "first_peer",
        "peer_count",
        "has_sessions",
        "relay",
        "balancer",
    ),
    "ChoicePlan": ("first",),
    "ChoiceMemberPlan": ("queue", "below"),
    "PeerPlan": (
        "hub",
        "refusal",
        "connector",
        "source",
        "verdict",
        "bypasses_size_limit",
        "error_delay",
    ),
    "RelayPlan": ("first_connection", "connection_count", "first_mail", "mail_count"),
    "RelayLimitPlan": (
        "counter",
        "counts",
        "per_ip",
        "window",
        "rolls",
        "limit",
        "over",
        "counts_refused",
        "reply",
    ),
    "ReceiverPlan": (
        "connect_time",
        "response_time",
        "connect_failure",
        "defer",
        "connections_per_ip",
        "junk_share",
        "dnsbl_ttl",
        "dnsbl_negative_ttl",
        "deferral",
        "unknown_user",
        "greylisted",
        *GREYLIST,
        "keeps_reputation",
        "throttled",
        "cold",
        "blocked",
        *PROVIDER_RULES,
    ),
    "LinePlan": ("bandwidth", "station"),
    "EgressPlan": ("network",),
    "ScriptedPlan": ("at", "until", "what", "subject"),
    "OperatorPlan": ("trap_delay",),
    "SourcePlan": ("stream", "host", "first", "last"),
    "ListPlan": ("first", "size"),
    "ReputationCounters": COUNTERS,
    "IpCounters": (
        *COUNTERS,
        "ip",
        "hour",
        "day",
        "attempts",
        "admitted",
        "volume",
        "busiest_day",
        "days",
        "cap",
        "hours_above_rate",
        "banned_until",
    ),
}
"""By struct its fields."""

PLAN: tuple[tuple[str, str], ...] = (
    ("run", "RunPlan"),
    ("streams", "StreamPlan"),
    ("hosts", "HostPlan"),
    ("targets", "TargetPlan"),
    ("servers", "ServerPlan"),
    ("balancers", "BalancerPlan"),
    ("balanced_hubs", "i64"),
    ("verdict_of", "i64"),
    ("verdicts", "VerdictPlan"),
    ("mail_replies", "i64"),
    ("rcpt_replies", "i64"),
    ("connectors", "ConnectorPlan"),
    ("takers", "i64"),
    ("hubs", "HubPlan"),
    ("costs", "CostPlan"),
    ("drives", "DrivePlan"),
    ("queues", "QueuePlan"),
    ("peers", "PeerPlan"),
    ("receivers", "ReceiverPlan"),
    ("receiver_of", "i64"),
    ("external", "i64"),
    ("relays", "RelayPlan"),
    ("relay_limits", "RelayLimitPlan"),
    ("lines", "LinePlan"),
    ("egress", "EgressPlan"),
    ("blocklists", "i64"),
    ("operators", "OperatorPlan"),
    ("routes", "i64"),
    ("bands", "i64"),
    ("moved", "i64"),
    ("choice_of", "i64"),
    ("choices", "ChoicePlan"),
    ("choice_members", "ChoiceMemberPlan"),
    ("refusals", "i64"),
    ("reporting", "i64"),
    ("script", "ScriptedPlan"),
    ("codes", "i64"),
    ("same_text", "i64"),
    ("laws", "Law"),
)
"""The arrays of a plan, each with the type of its entries."""

DRAWS: tuple[tuple[str, str], ...] = (
    ("created", "i64"),
    ("size", "i64"),
    ("first_recipient", "i32"),
    ("domain", "i32"),
    ("key", "u64"),
    ("signal", "u8"),
    ("trap_recipient", "i64"),
    ("trap_operator", "i64"),
    ("sources", "SourcePlan"),
    ("lists", "ListPlan"),
    ("stage", "i64"),
    ("action", "i64"),
    ("mirrors", "i64"),
    ("greylists", "i64"),
    ("first_use", "i64"),
    ("uses", "i64"),
    ("judges", "i64"),
    ("watched", "i64"),
    ("direct", "i64"),
    ("mirrored", "i64"),
)
"""The arrays of a replication."""

PROVIDER_STATE: dict[str, str] = {
    "number": "",
    "ip": "IpCounters",
    "domain": "ReputationCounters",
    "state": "",
    "junk": "",
    "below_since": "",
}
"""The fields of a provider state, each with the struct to which it points; "" for an integer."""

WATCHERS: dict[str, tuple[str, ...]] = {
    "event": ("number",),
    "new_state": ("receiver", "stream", "egress"),
    "change_state": ("receiver", "number", "state"),
    "block_persistent_senders": ("receiver",),
    "start_hour": ("receiver", "ip"),
    "trap_hit": ("owner", "ip"),
    "report": ("ip",),
    "compromised": ("ip",),
    "ndr": ("egress",),
    "scripted_listing": ("number", "begins"),
    "breathe": (),
}
"""The functions in Python that C++ calls, each with its arguments. `new_state` returns a state."""
