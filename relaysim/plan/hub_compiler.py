"""Hubs in the plan: costs, retries and back pressure."""

from relaysim.mail.delivery_slots import DeliverySlots
from relaysim.mail.destination_concurrency import Feedback
from relaysim.plan import reputation_compiler as observers
from relaysim.plan.hub_plan import HubPlan, PressurePlan, QueueManagerPlan, RetryClock
from relaysim.plan.names import StationKind, dsn_name, station_name
from relaysim.plan.numbering import Numbering
from relaysim.plan.public_ips import all_public_ips
from relaysim.plan.relay_services import as_hub
from relaysim.plan.resource_plan import cost_plan
from relaysim.plan.shadow_server import shadow_server
from relaysim.scenario import hub as hub_model
from relaysim.scenario.model import Scenario
from relaysim.units import LIMIT


def compile_hub(
    scenario: Scenario, name: str, numbers: Numbering, station: dict[str, int]
) -> HubPlan:
    """Return a hub, or the hub that delivers what a relay service has accepted."""
    relay = scenario.relays.get(name)
    if relay is not None:
        return _plan(scenario, as_hub(relay), relay.egress, None, numbers, station)
    # Of several public IPs that of most mail: each queue has its own.
    egress, shadow = all_public_ips(scenario, name)[0], shadow_server(scenario, name)
    return _plan(scenario, scenario.hubs[name], egress, shadow, numbers, station)


def _plan(
    scenario: Scenario,
    hub: hub_model.Hub,
    egress: str,
    shadow: str | None,
    numbers: Numbering,
    station: dict[str, int],
) -> HubPlan:
    return HubPlan(
        name=hub.name,
        title=hub.name,
        cores=hub.cores,
        sends_first=hub.properties.sends_first,
        # A relay service has no stations: its work costs nothing.
        cpu_station=station.get(station_name(StationKind.CORES, hub.name), -1),
        commit_station=station.get(station_name(StationKind.COMMIT, hub.name), -1),
        submission_station=station.get(station_name(StationKind.MAILBOX_SUBMISSION, hub.name), -1),
        egress=numbers.egress.index(egress),
        line=numbers.line_of(scenario, egress),
        dsn_stream=numbers.streams.index(dsn_name(hub.name)),
        receive=cost_plan(hub.receive_cost),
        categorize=cost_plan(hub.categorize_cost),
        antivirus=cost_plan(hub.antivirus_cost),
        send=cost_plan(hub.send_cost),
        batch_size=hub.queue_database_batch_size,
        batch_timeout=hub.queue_database_batch_timeout,
        commit_write=hub.commit_write,
        connection_rate=hub.max_connection_rate_per_minute or 0,
        mailbox_submissions=hub.max_concurrent_mailbox_submissions or 0,
        outbound_connections=hub.max_outbound_connections or 0,
        connect_timeout=hub.smtp_connect_timeout,
        reject_time=hub.reject_time,
        skip_5xx_greeting=hub.skip_5xx_greeting,
        shadow=-1 if shadow is None else numbers.hubs.index(shadow),
        message_retry_interval=hub.message_retry_interval or 0,
        message_retry_factor=observers.thousandths(hub.message_retry_factor),
        message_retry_longest=hub.message_retry_longest or 0,
        retry=_retry_clock(hub),
        queue_manager=_queue_manager(hub),
        message_expiration_timeout=hub.message_expiration_timeout,
        delay_notification_timeout=(
            LIMIT if hub.delay_notification_timeout is None else hub.delay_notification_timeout
        ),
        priority_quotas=_priority_quotas(hub),
        pressure=_pressure(hub),
    )


def _retry_clock(hub: hub_model.Hub) -> RetryClock:
    """Return the clock of a queue in Retry.

    A next hop that Postfix cannot connect to is dead for the minimal backoff time.
    """
    steady = hub.outbound_connection_failure_retry_interval or hub.minimal_backoff_time
    assert steady is not None
    return RetryClock(
        hub.queue_glitch_retry_count or 0,
        hub.queue_glitch_retry_interval or 0,
        hub.transient_failure_retry_count or 0,
        hub.transient_failure_retry_interval or 0,
        steady,
        hub.mailbox_delivery_queue_retry_interval or steady,
    )


def _queue_manager(hub: hub_model.Hub) -> QueueManagerPlan | None:
    """Return the queue manager of Postfix; None for another server."""
    # A hub has all of these keys or none: the model checks it.
    if hub.queue_run_delay is None:
        return None
    return QueueManagerPlan(
        hub.minimal_backoff_time or 0,
        hub.maximal_backoff_time or 0,
        hub.queue_run_delay,
        hub.initial_destination_concurrency or 0,
        hub.destination_concurrency_positive_feedback or Feedback.ONE,
        hub.destination_concurrency_negative_feedback or Feedback.ONE,
        hub.smtp_connection_reuse_time_limit or 0,
        hub.smtp_connection_cache_time_limit or 0,
        hub.qmgr_message_active_limit or 0,
        hub.in_flow_delay or 0,
        hub.process_start_time or 0,
        hub.max_idle or 0,
        hub.default_destination_recipient_limit or 0,
        DeliverySlots(
            hub.default_delivery_slot_cost or 0,
            hub.default_delivery_slot_discount or 0,
            hub.default_delivery_slot_loan or 0,
            hub.default_minimum_delivery_slots or 0,
        ),
    )


def _priority_quotas(hub: hub_model.Hub) -> tuple[int, int, int] | None:
    if not hub.priority_queuing_enabled:
        return None
    quotas = (
        hub.max_per_domain_high_priority_connections,
        hub.max_per_domain_normal_priority_connections,
        hub.max_per_domain_low_priority_connections,
    )
    # The choice among priorities compares integers, so an unlimited quota is a very large one.
    high, normal, low = (1 << 62 if quota is None else quota for quota in quotas)
    return high, normal, low


def _pressure(hub: hub_model.Hub) -> PressurePlan:
    pressure = hub.back_pressure
    return PressurePlan(
        version_bucket_size=pressure.version_bucket_size or 0,
        drives=pressure.drives(),
        resource_monitoring_interval=pressure.resource_monitoring_interval,
        used_version_buckets=pressure.used_version_buckets.thresholds(),
        version_buckets_history_depth=pressure.version_buckets_history_depth,
        submission_queue_watched=pressure.submission_queue_watched,
        submission_queue_length=pressure.submission_queue_length.thresholds(),
        submission_queue_history_depth=pressure.submission_queue_history_depth,
        reply_delay=pressure.reply_delay(),
        delays_first=hub.properties.back_pressure_delays_first,
    )
