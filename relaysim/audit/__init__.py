"""Audit: findings about a design, before it is built, each with a reason and a fix."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from relaysim.audit.accounts import right_without_user
from relaysim.audit.acknowledgement import delayed_acknowledgement
from relaysim.audit.administration import endless_listing, reaction
from relaysim.audit.allocation import outside_allocation
from relaysim.audit.answering_connector import (
    host_unanswered,
    same_source,
    server_address,
    sessions_over_limit,
    wildcard_answers,
)
from relaysim.audit.between_hubs import hand_over_refused
from relaysim.audit.bounce_address import ndr_leaves
from relaysim.audit.bulk_sharing import (
    bulk_shares_connections,
    bulk_shares_hub,
    bulk_shares_ip,
    bulk_shares_line,
)
from relaysim.audit.capacity import busiest_hour_load, campaign_load, message_rate, whole_run_load
from relaysim.audit.conflicts import binding_address, connector_conflict, partial_overlap
from relaysim.audit.dead_hosts import dead_mx_hosts
from relaysim.audit.domain_listing import bulk_shares_registered_domain
from relaysim.audit.finding import Finding, Severity
from relaysim.audit.findings_text import render
from relaysim.audit.greylisting import greylisting
from relaysim.audit.heavy_tail import heavy_tail
from relaysim.audit.hijacked_host import relay_by_address
from relaysim.audit.initial_back_pressure import back_pressure
from relaysim.audit.large_run import run_size
from relaysim.audit.late_connections import late_connections
from relaysim.audit.listing_reach import bulk_shares_allocation, bulk_shares_domain, listing_reach
from relaysim.audit.listing_signals import culprit_without_signals, innocent_with_signals, trap_hits
from relaysim.audit.load_balancers import balancer_hides_sources
from relaysim.audit.new_ip import cold_egress
from relaysim.audit.open_relay import forged_sender, open_relay
from relaysim.audit.outbound_proxy import front_end_proxy
from relaysim.audit.own_hub import front_end_spread
from relaysim.audit.people_traps import people_trap_rate
from relaysim.audit.planned_campaigns import campaign_days
from relaysim.audit.product_version import documents_disagree, out_of_support
from relaysim.audit.refused_mail import (
    message_too_large,
    recipient_limit,
    relay_refused,
    stream_refused,
)
from relaysim.audit.relay_retry import relay_retry
from relaysim.audit.relay_services import refused_version, relay_limit
from relaysim.audit.reply_timeout import short_reply_timeout
from relaysim.audit.scripted_listing import listing_removed
from relaysim.audit.send_connectors import (
    handed_over,
    no_send_connector,
    route_too_small,
    smart_host,
)
from relaysim.audit.shell_commands import at_exchange
from relaysim.audit.smart_hub import refused_by_smart_hub
from relaysim.audit.timing import drain_below_deadline, event_in_drain
from relaysim.audit.unauthenticated import unauthenticated
from relaysim.audit.unfinished_mail import mail_after_the_end
from relaysim.audit.unused import unused
from relaysim.audit.users_mail import submission_spread
from relaysim.audit.warm_up_plans import ip_warm_up
from relaysim.scenario.model import Scenario

__all__ = ["CHECKS", "Check", "Finding", "Severity", "check", "render"]

Check = Callable[[Scenario], Iterator[Finding]]

CHECKS: tuple[Check, ...] = (
    connector_conflict,
    partial_overlap,
    binding_address,
    open_relay,
    server_address,
    host_unanswered,
    back_pressure,
    stream_refused,
    relay_refused,
    right_without_user,
    no_send_connector,
    hand_over_refused,
    refused_by_smart_hub,
    submission_spread,
    front_end_spread,
    front_end_proxy,
    bulk_shares_hub,
    bulk_shares_connections,
    bulk_shares_line,
    bulk_shares_ip,
    bulk_shares_allocation,
    bulk_shares_domain,
    bulk_shares_registered_domain,
    outside_allocation,
    cold_egress,
    ip_warm_up,
    relay_by_address,
    listing_reach,
    trap_hits,
    culprit_without_signals,
    innocent_with_signals,
    people_trap_rate,
    reaction,
    endless_listing,
    listing_removed,
    delayed_acknowledgement,
    short_reply_timeout,
    campaign_load,
    busiest_hour_load,
    whole_run_load,
    late_connections,
    greylisting,
    dead_mx_hosts,
    run_size,
    heavy_tail,
    sessions_over_limit,
    message_rate,
    handed_over,
    message_too_large,
    recipient_limit,
    route_too_small,
    smart_host,
    refused_version,
    relay_limit,
    relay_retry,
    unauthenticated,
    forged_sender,
    ndr_leaves,
    same_source,
    balancer_hides_sources,
    wildcard_answers,
    mail_after_the_end,
    campaign_days,
    event_in_drain,
    drain_below_deadline,
    unused,
    out_of_support,
    documents_disagree,
)
"""All checks; the name of a check is the name of its function."""


def check(scenario: Scenario) -> list[Finding]:
    """Return all findings: errors, then warnings, then info, each in the order of the checks.

    Parameters
    ----------
    scenario : Scenario
        The design.

    Returns
    -------
    list of Finding
        The findings, each with the name of the check that made it.
    """
    findings = [
        replace(finding, check=rule.__name__, command=at_exchange(scenario, finding.command))
        for rule in CHECKS
        for finding in rule(scenario)
    ]
    order = list(Severity)
    return sorted(findings, key=lambda finding: order.index(finding.severity))
