"""Compile the part of the plan about authentication."""

from relaysim.mail.authentication import OF_BULK, Missing
from relaysim.mail.registered_domain import registered_domain
from relaysim.mail.requirement_reply import requirement_reply
from relaysim.plan.numbering import Numbering
from relaysim.plan.reputation_compiler import threshold
from relaysim.plan.requirement_plan import RequirementPlan, SenderPlan
from relaysim.plan.sender_identity import sender_identity
from relaysim.scenario.destination import Destination
from relaysim.scenario.model import Scenario
from relaysim.scenario.requirement import Requirement


def requirement_plans(destination: Destination) -> tuple[RequirementPlan, ...]:
    """Return what a destination requires, in the order of `Missing`."""
    plans = [
        _plan(destination, lacking, requirement)
        for lacking, requirement in requirements(destination).items()
    ]
    return tuple(plan for plan in plans if plan.defer or plan.junk)


def requirements(destination: Destination) -> dict[Missing, Requirement]:
    """Return what a destination requires, by what mail lacks."""
    result = {}
    for lacking in Missing:
        requirement: Requirement | None = getattr(destination.requires, requirement_key(lacking))
        if requirement is None:
            continue
        if lacking is Missing.QUARANTINE_POLICY:
            junk = requirement.refuse + requirement.junk
            requirement = Requirement(junk=min(junk, 1.0))
        result[lacking] = requirement
    return result


def requirement_key(lacking: Missing) -> str:
    """Return the key of the requirement that mail does not meet."""
    policy = lacking in (Missing.REJECT_POLICY, Missing.QUARANTINE_POLICY)
    return "dmarc_policy" if policy else str(lacking.name).lower()


def _plan(destination: Destination, lacking: Missing, requirement: Requirement) -> RequirementPlan:
    replies, refuse = destination.properties.replies, threshold(requirement.refuse)
    return RequirementPlan(
        lacking=lacking,
        of_bulk=destination.requires.bulk_from is not None and bool(lacking & OF_BULK),
        defer=threshold(requirement.defer),
        refuse=refuse,
        junk=refuse + threshold(requirement.junk),
        deferral=str(requirement_reply(replies, lacking, permanent=False)),
        refusal=str(requirement_reply(replies, lacking, permanent=True)),
    )


def sender_plan(scenario: Scenario, numbers: Numbering, host: str, stream: str) -> SenderPlan:
    """Return the sender of a stream."""
    sender = sender_identity(scenario, host, stream)
    return SenderPlan(
        of=sender.of,
        spf=tuple(sender.spf is None or ip in sender.spf for ip in numbers.egress),
        signed=sender.signers is None or host in sender.signers,
        signers=tuple(
            number for number, hub in enumerate(numbers.hubs) if hub in (sender.signers or ())
        ),
        primary=registered_domain(sender.of.domain),
        bulk_sender=sender.bulk_sender,
        unsubscribe=sender.unsubscribe,
    )


def all_pass(scenario: Scenario) -> bool:
    """Return whether no mail of the scenario can lack anything that a receiver requires."""
    senders = [
        sender_identity(scenario, host, stream)
        for host, table in scenario.hosts.items()
        for stream in table.streams
    ]
    return (
        all(sender.passes for sender in senders)
        and all(egress.ptr for egress in scenario.egress.values())
        and not any(sender.ignore_starttls for sender in scenario.send_connectors.values())
    )
