"""An explanation as text."""

from collections.abc import Iterator, Sequence

from relaysim.explanation.relay_submission import relay_text
from relaysim.explanation.session import Attempt, Outcome
from relaysim.mail import reply
from relaysim.mail.address import domain_of
from relaysim.mail.auth import AuthMechanism
from relaysim.mail.domains import is_authoritative
from relaysim.mail.rights import PermissionGroup, Right, session_permissions
from relaysim.plan import routing, submission
from relaysim.plan.front_end import takers
from relaysim.plan.relay_services import inbound_hubs
from relaysim.scenario.core_time import Cost
from relaysim.scenario.host import Host
from relaysim.scenario.model import Scenario
from relaysim.units import format_duration
from relaysim.wording import listed, share, wrapped

_REASONS = {
    reply.UNABLE_TO_RELAY: (
        "the domain is no accepted domain, and the session has no "
        f"{Right.ACCEPT_ANY_RECIPIENT.value}"
    ),
    reply.NOT_AUTHENTICATED: (
        f"the session is anonymous and has no {Right.SUBMIT.value} (AnonymousUsers brings it)"
    ),
    reply.NO_SUBMIT_RIGHT: f"the session has no {Right.SUBMIT.value}",
    reply.NO_SENDER_RIGHT: (
        f"the session has no right to this sender: no {Right.ACCEPT_ANY_SENDER.value}, or "
        f"no {Right.ACCEPT_AUTHORITATIVE_DOMAIN_SENDER.value} for an own domain"
    ),
    reply.INSUFFICIENT_RESOURCES: (
        "back pressure: a drive of the hub is too full at the start (back_pressure of the hub; "
        "relaysim check names the drive)"
    ),
    reply.NO_EXCHANGE_AUTHENTICATION: (
        f"a server needs {AuthMechanism.EXCHANGE_SERVER} in auth_mechanism and "
        f"{PermissionGroup.EXCHANGE_SERVERS} in permission_groups of the connector; the mail waits "
        "in Retry until another source server takes it or it expires"
    ),
    reply.MESSAGE_TOO_LARGE: "the message is above max_message_size of the connector",
    reply.TOO_MANY_RECIPIENTS: (
        "max_recipients_per_message of the connector is reached; the client sends the others in "
        "another message"
    ),
}
_WHY = {
    reply.worded(answer, wording): reason
    for answer, reason in _REASONS.items()
    for wording in reply.Wording
}
"""The reason of each reply, in each wording."""


def render(scenario: Scenario, name: str, host: Host, attempts: Sequence[Attempt]) -> str:
    """Return the dialogue, the connector, the rights, and the outcome of each recipient.

    Parameters
    ----------
    scenario : Scenario
        The design.
    name : str
        The name of the host.
    host : Host
        The host that sends.
    attempts : sequence of Attempt
        The sessions, one for each submission target.

    Returns
    -------
    str
        The text, wrapped.
    """
    if submission.by_mailbox_server(host):
        return "\n".join(_mailbox(scenario, name, attempts))
    blocks = (_attempt(scenario, name, host, attempt) for attempt in attempts)
    return "\n\n".join("\n".join(block) for block in blocks)


def _mailbox(scenario: Scenario, name: str, attempts: Sequence[Attempt]) -> Iterator[str]:
    hubs = [attempt.target.hub or "" for attempt in attempts]
    named = scenario.mailboxes.submission_server_override_list
    which = (
        "named in submission_server_override_list"
        if named
        else "all hubs of the site, as submission_server_override_list names none"
    )
    yield from _wrap(
        f"Mail of {name} goes through the mailbox server, not through a receive connector: no "
        f"dialogue, no rights. The mailbox server uses in turn {', '.join(hubs)} ({which})."
    )
    for attempt in attempts:
        yield ""
        yield f"By {attempt.target.hub}:"
        yield from _outcomes(scenario, attempt)


def _attempt(scenario: Scenario, name: str, host: Host, attempt: Attempt) -> Iterator[str]:
    target = attempt.target
    # A client that is given by its address only has no other name.
    client = str(host.address) if name == f"[{host.address}]" else f"{name} ({host.address})"
    balancer = scenario.load_balancers.get(target.balancer or "")
    address = target.address if balancer is None else balancer.address
    called = "" if host.server in ("", str(address)) else f" ({host.server})"
    if target.relay is not None:
        yield from _wrap(f"{client} connects to {host.server} port {target.port}.")
        for text in relay_text(scenario, name, host, target.relay):
            yield from _wrap(text.lstrip(), len(text) - len(text.lstrip()))
        yield "Recipients:"
        yield from _outcomes(scenario, attempt)
        return
    yield from _wrap(f"{client} connects to {address} port {target.port}{called}.")
    if balancer is not None:
        yield from _wrap(_balanced(scenario, host, target))
    yield ""
    for line in attempt.lines:
        yield f"  {line}"
    yield ""
    yield from _connector(scenario, attempt)
    yield from _session(attempt)
    yield "Recipients:"
    yield from _outcomes(scenario, attempt)


def _balanced(scenario: Scenario, host: Host, target: submission.Target) -> str:
    """Return what a load balancer does with a connection."""
    balancer = scenario.load_balancers[target.balancer or ""]
    seen = submission.source(scenario, host, target)
    own = str(seen) if seen == host.address else f"{seen}, because of source NAT"
    method = balancer.method.replace("_", " ")
    return (
        f"The load balancer {target.balancer} ({method}) passes it on to {target.hub} "
        f"({target.address}), which sees {own}."
    )


def _connector(scenario: Scenario, attempt: Attempt) -> Iterator[str]:
    target, connector = attempt.target, attempt.connector
    if target.hub is None:
        yield f"Receive connector: none. No hub has the address {target.address}."
        return
    identity = routing.identity(target.hub, connector.name) if connector else "none"
    yield f"Receive connector: {identity}"
    if attempt.selection is not None:
        for other in attempt.selection.passed_over:
            yield from _wrap(f"not {other.connector.name}: {other.text}", 2)
    if connector is not None and connector.receive_cost is not None:
        yield f"  core time of a message: {_core_time(connector.receive_cost)} (receive_cost)"
    yield from _setting(scenario, attempt)
    yield from _front_end(scenario, attempt)


def _front_end(scenario: Scenario, attempt: Attempt) -> Iterator[str]:
    """Yield the hubs to which the front end proxies the message, where it has a choice."""
    hubs, usual = attempt.takers, takers(scenario, attempt.target.hub or "", attempt.connector)
    one = f"one of {listed(hubs)} at random" if len(hubs) > 1 else listed(hubs)
    if hubs and hubs != usual:
        site = scenario.mailboxes.site
        text = f"it proxies this message to {one}, in the site of the mailboxes, {site}"
    elif len(hubs) > 1:
        text = f"it proxies each message to {one}"
    else:
        return
    yield from _wrap(f"Front end: {text}.", 0)


def _setting(scenario: Scenario, attempt: Attempt) -> Iterator[str]:
    """Yield the effect of specific_binding_hides_wildcard, if it changes the connector."""
    connector, other = attempt.connector, attempt.other_setting
    if other is None or other.connector is connector:
        return
    target = attempt.target
    hides = scenario.hubs[target.hub or ""].specific_binding_hides_wildcard
    wildcard = connector or other.connector
    name = wildcard.name if wildcard else ""
    answer = f"{name} answers by its wildcard binding"
    ends = f"the session ends with {submission.greeting(target, None)}"
    yield from _wrap(
        f"specific_binding_hides_wildcard = {str(hides).lower()}: another connector is bound to "
        f"{target.address} itself and does not list the client. So {ends if hides else answer}; "
        f"with {str(not hides).lower()} {answer if hides else ends}. Which of the two Exchange "
        "does is unconfirmed.",
        2,
    )


def _session(attempt: Attempt) -> Iterator[str]:
    session = attempt.session
    if session is None:
        return
    yield f"Session: {session.principal}"
    width = max((len(grant.right.value) for grant in attempt.grants), default=0)
    for grant in attempt.grants:
        yield f"  {grant.right.value:<{width}}  {grant.source}"
    yield from _wrap(f"Set Session Permissions: {session_permissions(session.rights)}", 2)


def _outcomes(scenario: Scenario, attempt: Attempt) -> Iterator[str]:
    for outcome in attempt.outcomes:
        verdict = "" if outcome.reply is None else f": {outcome.reply}"
        yield from _wrap(f"{outcome.recipient}{verdict}", 2)
        if outcome.reply in _WHY:
            yield from _wrap(_WHY[outcome.reply], 4)
        for hop in dict.fromkeys(outcome.hops):
            yield from _wrap(_hop(scenario, outcome, hop), 4)
            if hop.kind is routing.HopKind.TRANSFER:
                yield from _hand_overs(scenario, outcome, hop)


def _hand_overs(scenario: Scenario, outcome: Outcome, hop: routing.Hop) -> Iterator[str]:
    """Yield the sessions in which a hub hands mail to other hubs, and the effect of a refusal."""
    sessions = [session for session in outcome.hand_overs if session.sender == hop.hub]
    for hand_over in sessions:
        if hand_over.selection is None:
            continue
        name = hand_over.connector.name if hand_over.connector else None
        identity = (
            "no receive connector" if name is None else routing.identity(hand_over.receiver, name)
        )
        yield from _wrap(
            f"{hand_over.sender} ({hand_over.client}) connects to {hand_over.address} port "
            f"{hand_over.port}: {identity} answers, {hand_over.reply}",
            6,
        )
        for other in hand_over.selection.passed_over:
            yield from _wrap(f"not {other.connector.name}: {other.text}", 8)
    if sessions and not hop.as_client and not any(each.reply.is_success for each in sessions):
        hub = scenario.hubs[hop.hub]
        expires = format_duration(hub.message_expiration_timeout)
        yield from _wrap(
            f"the mail waits in Retry; a server needs {AuthMechanism.EXCHANGE_SERVER} in "
            f"auth_mechanism and {PermissionGroup.EXCHANGE_SERVERS} in permission_groups of the "
            f"connector; after {expires} {reply.MESSAGE_EXPIRED}",
            6,
        )


def _hop(scenario: Scenario, outcome: Outcome, hop: routing.Hop) -> str:
    hubs = scenario.hubs
    name = hop.connector.name if hop.connector else ""
    match hop.kind:
        case routing.HopKind.MAILBOX:
            return f"mailbox delivery queue of {hop.hub}"
        case routing.HopKind.REMOTE:
            of = f" (destination {outcome.destination})" if outcome.destination else ""
            if hop.connector is None:  # a host submits straight to a relay service
                domains, domain = scenario.organization.domains, domain_of(outcome.recipient)
                by = f"delivers it from {scenario.relays[hop.hub].egress}{of}"
                if is_authoritative(domains, domain):
                    hubs_ = listed(inbound_hubs(scenario))
                    by = (
                        f"hands it to {hubs_}, as mail from outside" if hubs_ else "has its mailbox"
                    )
                return f"the relay service {hop.hub} {by}"
            behind = _behind(scenario, outcome, hop)
            proxy = f" through the front end of {hop.proxy}" if hop.proxy else ""
            limits = f"{_of_pool(scenario, outcome, hop)}{_shaped(scenario, outcome, hop)}"
            return (
                f"queue {hop.next_hop}{of} of {hop.hub} by send connector {name}, leaves by "
                f"{hop.egress}{proxy}{limits}{_send_cost(hop)}{behind}"
            )
        case routing.HopKind.TRANSFER if hop.as_client:
            return (
                f"queue {hop.next_hop} of {hop.hub} by send connector {name}, to the hub "
                f"{listed(hop.to_hubs)} as its client{_send_cost(hop)}"
            )
        case routing.HopKind.TRANSFER:
            return f"handed to {hop.next_hop}, source server of send connector {name}"
        case routing.HopKind.UNREACHABLE:
            expires = format_duration(hubs[hop.hub].message_expiration_timeout)
            return (
                f"Unreachable queue of {hop.hub}: no send connector serves the domain; after "
                f"{expires} {reply.MESSAGE_EXPIRED}"
            )
        case routing.HopKind.TOO_LARGE:
            return f"NDR, as every matching send connector is too small: {reply.NO_ROUTE_FOR_SIZE}"


def _send_cost(hop: routing.Hop) -> str:
    """Return the core time of a send connector that has its own; "" for that of the hub."""
    cost = hop.connector.send_cost if hop.connector else None
    return "" if cost is None else f", core time {_core_time(cost)} (send_cost)"


def _core_time(cost: Cost) -> str:
    """Return a core time: "40 ms", or "4 ms and 0.05 ms a KB"."""
    per_kb = f" and {format_duration(cost.per_kb)} a KB" if cost.per_kb else ""
    return f"{format_duration(cost.base)}{per_kb}"


def _of_pool(scenario: Scenario, outcome: Outcome, hop: routing.Hop) -> str:
    """Return the share of messages that leave by the public IP of a hop; "" for all of them."""
    part = outcome.hops.count(hop) / sum(other.hub == hop.hub for other in outcome.hops)
    plans = [
        name
        for name, plan in scenario.warm_up_plans.items()
        if plan.egress == hop.egress and plan.destination in (None, outcome.destination)
    ]
    within = f", as far as the warm-up plan {listed(plans)} allows" if plans else ""
    return "" if part == 1.0 else f" ({share(part)} of messages{within})"


def _shaped(scenario: Scenario, outcome: Outcome, hop: routing.Hop) -> str:
    """Return the limits of the hub for the destination, or the relay service in between."""
    relay = routing.relay_at(scenario, hop)
    shaping = scenario.hubs[hop.hub].shaping.get(relay or outcome.destination or "")
    if shaping is None:
        return ""
    limits = [
        text
        for value, text in (
            (shaping.connection_limit, f"{shaping.connection_limit} connections"),
            (shaping.messages_per_connection, f"{shaping.messages_per_connection} messages each"),
            (shaping.rate, f"{float(shaping.rate or 0):g}/s"),
        )
        if value is not None
    ]
    return f", at most {listed(limits)}"


def _behind(scenario: Scenario, outcome: Outcome, hop: routing.Hop) -> str:
    """Return what follows at a smart host; "" for a hop to the recipient's domain."""
    if hop.domain == domain_of(outcome.recipient):
        return ""
    relay = routing.relay_at(scenario, hop)
    if relay is None:
        return "; delivery behind the smart host is not modelled"
    return f"; the relay service {relay} delivers it from {scenario.relays[relay].egress}"


def _wrap(text: str, indent: int = 0) -> list[str]:
    return wrapped(text, " " * indent, " " * (indent + 2))
