"""The explanation of a message: connector, rights, replies and next hops."""

from collections.abc import Sequence

from relaysim import units
from relaysim.explanation.expected_dialogue import Letter, expected_dialogue
from relaysim.explanation.hub_as_client import (
    hub_attempts,
    hub_client,
    plain_client,
    smart_targets,
)
from relaysim.explanation.message_explanation import Explanation
from relaysim.explanation.outcome import outcome_at
from relaysim.explanation.relay_submission import relay_attempt
from relaysim.explanation.session import Attempt
from relaysim.mail.address import domain_of, parse_address, parse_ip
from relaysim.mail.principal import is_account
from relaysim.mail.session_access import Grant, grants
from relaysim.mail.spelling import unknown
from relaysim.plan import initial_pressure as pressure
from relaysim.plan import routing, submission
from relaysim.plan.front_end import reads_mailbox, takers
from relaysim.plan.names import stream_name
from relaysim.scenario.connector import ReceiveConnector
from relaysim.scenario.distribution import mean
from relaysim.scenario.host import Host
from relaysim.scenario.model import Scenario
from relaysim.scenario.name_checks import folded
from relaysim.scenario.stream import Stream


def explain(
    scenario: Scenario,
    host: str | None = None,
    to: str | Sequence[str] = (),
    *,
    sender: str | None = None,
    size: int | str | None = None,
    stream: str | None = None,
    from_address: str | None = None,
    server: str | None = None,
    port: int | None = None,
) -> Explanation:
    """Return the explanation of a message for the recipients `to`.

    Parameters
    ----------
    scenario : Scenario
        The design.
    host : str, optional
        The host that sends. Also a hub, which hands mail to another hub: to the `server`, by
        default to the source servers of the send connector.
    to : str or sequence of str
        The recipients.
    sender : str, optional
        The sender; by default the sender of the stream, or app@ the own domain without a stream.
    size : int or str, optional
        Bytes, or a text such as "75 KB"; by default the mean size of the stream. Without a stream
        MAIL FROM has no SIZE=.
    stream : str, optional
        A stream of the host; by default the first.
    from_address : str, optional
        The IP address of a client that is no host of the scenario; it needs a `server`.
    server, port : str and int, optional
        The server and the port to connect to; by default the ones of the host.

    Returns
    -------
    Explanation
        The sessions and the outcome of each recipient; `str()` gives the text.

    Raises
    ------
    ValueError
        For an unknown name, or a wrong address; the message has the nearest name.
    """
    name, client = _client(scenario, host, from_address, server, port)
    kind = _stream(client, name, stream)
    recipients = (to,) if isinstance(to, str) else tuple(to)
    if not recipients:
        raise ValueError("no recipient: give at least one address in `to`")
    letter = Letter(
        parse_address(sender or (kind.sender if kind else f"app@{routing.own_domain(scenario)}")),
        tuple(_recipient(address) for address in recipients),
        units.size(size) if isinstance(size, str) else _size(size, kind),
    )
    if _is_hub(scenario, host):
        smart = smart_targets(scenario, name, client, letter)
        attempts = tuple(_attempt(scenario, name, client, target, letter) for target in smart)
        attempts = attempts or hub_attempts(scenario, name, client, letter)
        return Explanation(scenario, name, client, letter, attempts)
    by_mailbox_server = submission.by_mailbox_server(client)
    attempts = tuple(
        relay_attempt(scenario, target, letter)
        if target.relay is not None
        else _submission(scenario, client, target, letter)
        if by_mailbox_server
        else _attempt(scenario, name, client, target, letter)
        for target in submission.targets(scenario, client)
    )
    return Explanation(scenario, name, client, letter, attempts)


def _client(
    scenario: Scenario,
    host: str | None,
    from_address: str | None,
    server: str | None,
    port: int | None,
) -> tuple[str, Host]:
    """Return the host and its name."""
    if (host is None) == (from_address is None):
        raise ValueError("give exactly one sender: a host or an address")
    address = "" if from_address is None else str(parse_ip(from_address))
    if host is not None and _is_hub(scenario, host):
        return host, hub_client(scenario, host, server, port)
    if server is not None:
        server = _server(scenario, server)
    if host is not None:
        if host not in scenario.hosts:
            raise unknown(host, "a host or hub", [*scenario.hosts, *scenario.hubs])
        changed = {"server": server, "port": port}
        update = {key: value for key, value in changed.items() if value is not None}
        return host, scenario.hosts[host].model_copy(update=update)
    if server is None:
        raise ValueError("no server: give a name in [dns] or an address")
    return f"[{address}]", plain_client(address, server, port or 25)


def _is_hub(scenario: Scenario, host: str | None) -> bool:
    """Return whether a hub, and no host, has this name."""
    return host in scenario.hubs and host not in scenario.hosts


def _server(scenario: Scenario, server: str) -> str:
    """Return an address, or the name that a server has in the scenario; case does not count."""
    services = (name for relay in scenario.relays.values() for name in relay.names)
    known = (*services, *scenario.relays, *scenario.dns, *scenario.load_balancers)
    names = {folded(name): name for name in known}
    if folded(server) in names:
        return names[folded(server)]
    try:
        parse_ip(server)
    except ValueError:
        tables = {"load_balancers": scenario.load_balancers, "relays": scenario.relays}
        others = (f"[{name}]" for name, table in tables.items() if table)
        where = " or ".join(["[dns]", *others])
        raise unknown(server, f"an address or a name in {where}", names.values()) from None
    return server


def _stream(host: Host, name: str, stream: str | None) -> Stream | None:
    if stream is None:
        # The first stream gives the sender and the size, unless they are given.
        return next(iter(host.streams.values()), None)
    if not host.streams:
        raise ValueError(f"{name} has no streams: give --from and --size instead")
    by_name = {stream_name(name, title): model for title, model in host.streams.items()}
    model = host.streams.get(stream) or by_name.get(stream)
    if model is None:
        raise unknown(stream, f"a stream of {name}", host.streams)
    return model


def _recipient(text: str) -> str:
    address = parse_address(text)
    if not domain_of(address):
        raise ValueError(f'"{text}" is the null sender, not a recipient')
    return address


def _size(size: int | None, stream: Stream | None) -> int | None:
    if size is None:
        return max(1, round(mean(stream.size))) if stream else None
    return size


def _attempt(
    scenario: Scenario, name: str, host: Host, target: submission.Target, letter: Letter
) -> Attempt:
    selection = submission.listen(scenario, host, target)
    connector = selection.connector
    other = None
    if target.hub is not None:
        hides = scenario.hubs[target.hub].specific_binding_hides_wildcard
        other = submission.listen(scenario, host, target, not hides)
    session, link = None, None
    given: tuple[Grant, ...] = ()
    if connector is not None and target.hub is not None:
        session = submission.session(scenario, host, connector)
        # After a login the rights of the account count as well as those of the principal.
        users = [session.principal, host.account or session.principal]
        given = tuple(
            grant
            for grant in grants(connector)
            if any(is_account(grant.user, user) for user in users)
        )
        link = routing.identity(target.hub, connector.name)
    expected = expected_dialogue(scenario, host, name, target, connector, letter)
    answers = list(zip(letter.recipients, expected.replies, strict=True))
    accepted = [domain_of(recipient) for recipient, answer in answers if answer.is_success]
    hubs = _hubs(scenario, target, connector, reads_mailbox(scenario, accepted))
    outcomes = [
        outcome_at(scenario, hub, recipient, letter, link, answer)
        for recipient, answer in answers
        # A recipient that is refused has one outcome, whatever hub would take the mail.
        for hub in (hubs or (None,))[: None if answer.is_success else 1]
    ]
    return Attempt(target, selection, other, session, given, expected.lines, tuple(outcomes), hubs)


def _hubs(
    scenario: Scenario,
    target: submission.Target,
    connector: ReceiveConnector | None,
    to_mailbox: bool,
) -> tuple[str, ...]:
    """Return the hubs that may take the mail; none where no hub has the address."""
    return () if target.hub is None else takers(scenario, target.hub, connector, to_mailbox)


def _submission(
    scenario: Scenario, host: Host, target: submission.Target, letter: Letter
) -> Attempt:
    """Return the submission by the mailbox server; back pressure of the hub may refuse it."""
    hub = scenario.hubs[target.hub or ""]
    refused = pressure.mail_from(scenario, hub, host, letter.sender)
    outcomes = tuple(
        outcome_at(scenario, target.hub, recipient, letter, None, refused)
        for recipient in letter.recipients
    )
    return Attempt(target, None, None, None, (), (), outcomes)
