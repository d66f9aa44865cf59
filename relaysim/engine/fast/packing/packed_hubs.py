"""Hubs as rows."""

from typing import Any

from relaysim.engine.fast.flat_arrays import Row, fields
from relaysim.engine.fast.layout import FEEDBACK, QUEUE_MANAGER, THRESHOLDS
from relaysim.mail.watched_drive import Resource
from relaysim.plan.hub_plan import QueueManagerPlan
from relaysim.plan.plan import Plan
from relaysim.trace.tables import Level

_DRIVE = {Resource.DATABASE: Level.QUEUE_DISK, Resource.LOG: Level.LOG_DISK}


def packed_hubs(plan: Plan) -> dict[str, Any]:
    """Return the hubs and their drives."""
    hubs, drives = list[Row](), list[Row]()
    for hub in plan.hubs:
        delay = hub.pressure.reply_delay
        quotas = hub.priority_quotas or (0, 0, 0)
        hubs.append(
            {
                **fields(
                    hub,
                    *("cores", "sends_first", "cpu_station", "commit_station"),
                    *("submission_station", "egress", "line", "dsn_stream"),
                    *("batch_size", "batch_timeout", "commit_write"),
                    *("connection_rate", "mailbox_submissions", "outbound_connections"),
                    *("connect_timeout", "reject_time", "skip_5xx_greeting", "shadow"),
                    *("message_retry_interval", "message_retry_factor"),
                    "message_retry_longest",
                    *("message_expiration_timeout", "delay_notification_timeout"),
                ),
                **fields(hub.retry, *hub.retry.__slots__),
                **_queue_manager(hub.queue_manager),
                "has_quotas": hub.priority_quotas is not None,
                **dict(zip(("high_quota", "normal_quota", "low_quota"), quotas, strict=True)),
                **fields(hub.pressure, "version_bucket_size", "resource_monitoring_interval"),
                **fields(hub.pressure, "delays_first", "version_buckets_history_depth"),
                **fields(hub.pressure.used_version_buckets, *THRESHOLDS),
                **fields(
                    hub.pressure, "submission_queue_watched", "submission_queue_history_depth"
                ),
                **{
                    f"queue_{name}": getattr(hub.pressure.submission_queue_length, name)
                    for name in THRESHOLDS
                },
                "delay_start": delay.start,
                "delay_step": delay.step,
                "delay_longest": delay.longest,
                "first_drive": len(drives),
                "drive_count": len(hub.pressure.drives),
            }
        )
        drives += [
            {
                "level": _DRIVE[drive.resource],
                **fields(drive, "size", "used", "holds_mail"),
                **fields(drive.thresholds, *THRESHOLDS),
            }
            for drive in hub.pressure.drives
        ]
    return {"hubs": hubs, "drives": drives}


def _queue_manager(postfix: QueueManagerPlan | None) -> Row:
    if postfix is None:
        return dict.fromkeys(QUEUE_MANAGER, 0)
    return {
        **fields(postfix, *QUEUE_MANAGER[: QUEUE_MANAGER.index("positive_feedback")]),
        "positive_feedback": FEEDBACK.index(postfix.positive_feedback),
        "negative_feedback": FEEDBACK.index(postfix.negative_feedback),
        "slot_cost": postfix.slots.cost,
        "slot_discount": postfix.slots.discount,
        "slot_loan": postfix.slots.loan,
        "minimum_slots": postfix.slots.minimum,
    }
