"""Submission targets: the receive connectors that each host reaches, and their replies."""

from array import array
from collections.abc import Iterator

from relaysim.mail.reply import Reply
from relaysim.mail.rights import Right
from relaysim.mail.session_time import timing
from relaysim.plan import submission
from relaysim.plan.host_plan import BalancerPlan, HostPlan, Server, SubmissionTarget, Verdicts
from relaysim.plan.names import stream_name
from relaysim.plan.numbering import Numbering
from relaysim.plan.relay_submission import relay_target, relay_verdicts
from relaysim.scenario.connector import ReceiveConnector
from relaysim.scenario.host import Host, Retry
from relaysim.scenario.model import Scenario
from relaysim.scenario.straight_hosts import messages_per_connection
from relaysim.units import LIMIT


def host_plan(
    scenario: Scenario, numbers: Numbering, name: str, replies: dict[str, int]
) -> HostPlan:
    """Return a host with the replies that it gets; `replies` collects their texts."""
    host = scenario.hosts[name]
    targets: list[SubmissionTarget] = []
    verdicts: dict[int, Verdicts] = {}
    for target in submission.targets(scenario, host):
        if target.relay is not None:
            targets.append(relay_target(numbers, target.relay, host))
            verdicts[targets[-1].connector] = relay_verdicts(numbers, name, host)
            continue
        hub = -1 if target.hub is None else numbers.hubs.index(target.hub)
        # -1 also for mailbox users: the mailbox server submits without a receive connector.
        answering = -1
        if hub >= 0 and not host.properties.mailbox_submission:
            connector = submission.listen(scenario, host, target).connector
            if connector is not None:
                answering = numbers.connectors.index((numbers.hubs[hub], connector.name))
                verdicts[answering] = _verdicts(
                    scenario, numbers, target.hub or "", host, name, connector, replies
                )
        client = submission.source(scenario, host, target)
        many = submission.has_many_sources(scenario, host, target)
        source = -1 if many else numbers.sources.index(str(client))
        targets.append(SubmissionTarget(hub, answering, source))
    # Numbers by address and account: hosts that share one count as one for a message rate limit.
    accounts = sorted({sender.account for sender in scenario.hosts.values() if sender.account})
    retry = host.on_failure if isinstance(host.on_failure, Retry) else None
    return HostPlan(
        name=name,
        submission_targets=tuple(targets),
        servers=tuple(_servers(scenario, numbers, host)),
        verdicts=verdicts,
        by_mailbox_server=host.properties.mailbox_submission,
        outside=host.properties.internet,
        account=accounts.index(host.account) if host.account else -1,
        sessions=host.sessions or 0,
        messages_per_connection=messages_per_connection(scenario, host) or 0,
        retry_every=retry.retry_every if retry else 0,
        give_up_after=_give_up_after(retry),
        data_done_timeout=host.data_done_timeout or 0,
        round_trip=host.round_trip,
        bandwidth=host.bandwidth or 0,
    )


def _servers(scenario: Scenario, numbers: Numbering, host: Host) -> Iterator[Server]:
    """Yield the addresses of the server of a host."""
    first = 0
    for targets in submission.servers(scenario, host):
        name = targets[0].balancer
        yield Server(first, len(targets), -1 if name is None else numbers.balancers.index(name))
        first += len(targets)


def balancer(scenario: Scenario, numbers: Numbering, name: str) -> BalancerPlan:
    """Return a load balancer."""
    model = scenario.load_balancers[name]
    return BalancerPlan(
        hubs=tuple(sorted({numbers.hubs.index(hub) for hub in model.hubs})),
        least_connections=model.method == "least_connections",
        health_check_interval=model.health_check_interval,
    )


def _give_up_after(retry: Retry | None) -> int:
    """Return the age at which a host drops a message, microseconds."""
    if retry is None:
        # The host drops a message at the first failure.
        return 0
    return LIMIT if retry.give_up_after is None else retry.give_up_after


def _verdicts(
    scenario: Scenario,
    numbers: Numbering,
    hub: str,
    host: Host,
    name: str,
    connector: ReceiveConnector,
    replies: dict[str, int],
) -> Verdicts:
    session = submission.session(scenario, host, connector)

    def number(answer: Reply) -> int:
        # The first use of a text gives its number; the plan keeps the texts in this order.
        return -1 if answer.is_success else replies.setdefault(str(answer), len(replies))

    mail = {
        numbers.streams.index(stream_name(name, short)): number(
            submission.mail_verdict(scenario, hub, host, connector, stream.sender)
        )
        for short, stream in host.streams.items()
    }
    number_of = {
        domain: number(submission.rcpt_verdict(scenario, hub, host, connector, domain))
        for domain in dict.fromkeys(numbers.first_alike)
    }
    rcpt = array("q", [number_of[domain] for domain in numbers.first_alike])
    return Verdicts(
        mail=mail,
        rcpt=rcpt,
        timing=timing(host, connector),
        bypasses_size_limit=Right.BYPASS_MESSAGE_SIZE_LIMIT in session.rights,
        # -1 is success, so a maximum below 0 means that no domain is refused.
        relays=max(rcpt) < 0,
    )
