"""The SMTP dialogue of one message, line by line."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.utils import format_datetime

from relaysim.mail import reply
from relaysim.mail.address import NULL_SENDER, domain_of
from relaysim.mail.auth import AuthMechanism
from relaysim.mail.receive_verdict import tarpits
from relaysim.mail.reply import Reply
from relaysim.plan import initial_pressure as pressure
from relaysim.plan import route
from relaysim.plan.hand_over import HandOver
from relaysim.scenario.connector import ReceiveConnector
from relaysim.scenario.host import Host
from relaysim.scenario.hub import Hub
from relaysim.scenario.model import Scenario
from relaysim.scenario.table import SECOND
from relaysim.units import format_duration


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the dialogue: "C" the client says, "S" the server, "*" what the log adds."""

    who: str
    text: str

    def __str__(self) -> str:
        return f"{self.who}: {self.text}"


@dataclass(frozen=True, slots=True)
class Letter:
    """What a host wants to send: `size` in bytes, None to leave SIZE= out."""

    sender: str
    recipients: tuple[str, ...]
    size: int | None


@dataclass(frozen=True)
class Dialogue:
    """The lines, and the last word on each recipient, in order."""

    lines: tuple[Line, ...]
    verdicts: tuple[Reply, ...]


class _Talk:
    """A dialogue being written down."""

    def __init__(self, connector: ReceiveConnector | None, principal: str) -> None:
        self.connector, self.principal = connector, principal
        self.lines: list[Line] = []
        self.held: list[Line] | None = None

    def hold(self) -> None:
        """Hold replies back: the client sends several commands at once (RFC 2920).

        The server sends all replies together, after the delays of all. So in the log the tarpit of
        a refused recipient stands before the reply to MAIL FROM.
        """
        self.held = []

    def release(self) -> None:
        """Send the replies that are held back."""
        self.lines += self.held or []
        self.held = None

    def client(self, text: str) -> None:
        self.lines.append(Line("C", text))

    def server(self, answer: Reply) -> Reply:
        """A reply, after its tarpit where there is one."""
        connector = self.connector
        if connector and connector.tarpit_interval and tarpits(self.principal, answer):
            self.note(f"Tarpit for '{_time_span(connector.tarpit_interval)}'")
        (self.lines if self.held is None else self.held).append(Line("S", str(answer)))
        return answer

    def note(self, text: str) -> None:
        self.lines.append(Line("*", text))

    def quit(self) -> None:
        self.client("QUIT")
        self.server(reply.CLOSING)

    def over(self, verdicts: Sequence[Reply]) -> Dialogue:
        return Dialogue(tuple(self.lines), tuple(verdicts))


def dialogue(
    scenario: Scenario,
    host: Host,
    name: str,
    target: route.Target,
    connector: ReceiveConnector | None,
    letter: Letter,
) -> Dialogue:
    """The session of a host, which calls itself `name`, for one letter, on a hub that is idle.

    Back pressure is that of the start: an idle hub with a full drive refuses mail too.
    """
    refused = None if target.hub is None else pressure.greeting(scenario.hubs[target.hub])
    greeting = refused or route.greeting(target, connector)
    if connector is None or target.hub is None or refused:
        talk = _Talk(None, "")
        talk.server(greeting)
        return talk.over([greeting] * len(letter.recipients))
    session = route.session(scenario, host, connector)
    talk = _Talk(connector, session.principal)
    date = format_datetime(scenario.run.start).rsplit(" ", 1)[0]
    talk.server(greeting.filled(server=target.hub, date=date))
    _hello(talk, host, name, target.hub, connector)
    if session.login is not None:
        talk.client(f"AUTH as {host.account}")
        if not talk.server(session.login).is_success:
            talk.quit()
            return talk.over([session.login] * len(letter.recipients))
    if host.pipelining:
        talk.hold()
    answer = _mail_from(scenario, talk, scenario.hubs[target.hub], host, connector, letter)
    if answer.is_success:
        verdicts = _rcpt_to(scenario, talk, host, connector, letter)
    else:
        verdicts = [answer] * len(letter.recipients)
        for recipient in letter.recipients if host.pipelining else ():
            talk.client(f"RCPT TO:<{recipient}>")
            talk.server(reply.NO_MAIL_COMMAND)
    talk.release()
    if any(each.is_success for each in verdicts):
        _data(talk, connector, letter)
    talk.quit()
    return talk.over(verdicts)


def hub_dialogue(scenario: Scenario, client: Host, hand: HandOver, letter: Letter) -> Dialogue:
    """Return the session in which a hub hands a message to a hub that is idle.

    Parameters
    ----------
    scenario : Scenario
        The design.
    client : Host
        The hub that sends, as a host.
    hand : HandOver
        Both hubs, the receive connector that answers, and the reply to the authentication.
    letter : Letter
        The message.
    """
    model, connector = scenario.hubs[hand.receiver], hand.connector
    talk = _Talk(None, "")
    refused = pressure.greeting(model)
    if refused is None and hand.selection is not None and connector is None:
        refused = hand.reply
    if refused is not None:
        talk.server(refused)
        return talk.over([refused] * len(letter.recipients))
    date = format_datetime(scenario.run.start).rsplit(" ", 1)[0]
    talk.server(reply.BANNER.filled(server=hand.receiver, date=date))
    if connector is None:  # one of the two is no Exchange server
        talk.client(f"EHLO {hand.sender}")
        talk.server(reply.EHLO_OK.filled(server=hand.receiver, ip=client.address))
    else:
        _hello(talk, client, hand.sender, hand.receiver, connector)
        talk.client("AUTH as an Exchange server")
        if not hand.reply.is_success:
            # The sending hub records this itself: the server has nothing that it could reply to.
            talk.note(str(hand.reply))
            talk.quit()
            return talk.over([hand.reply] * len(letter.recipients))
        talk.server(hand.reply)
    sender = "" if letter.sender == NULL_SENDER else letter.sender
    talk.client(f"MAIL FROM:<{sender}>")
    answer = talk.server(pressure.mail_from_hub(model) or reply.SENDER_OK)
    verdicts = [answer] * len(letter.recipients)
    if answer.is_success:
        for recipient in letter.recipients:
            talk.client(f"RCPT TO:<{recipient}>")
            talk.server(reply.RECIPIENT_OK)
        verdicts = [reply.RECIPIENT_OK] * len(letter.recipients)
        _data(talk, None, letter)
    talk.quit()
    return talk.over(verdicts)


def _hello(talk: _Talk, host: Host, name: str, hub: str, connector: ReceiveConnector) -> None:
    """EHLO with its answer, and STARTTLS where it is offered (assumption: hosts then use it)."""
    talk.client(f"EHLO {name}")
    answers = [reply.EHLO_OK.filled(server=hub, ip=host.address).text, *_extensions(connector)]
    for answer in answers[:-1]:
        talk.lines.append(Line("S", f"250-{answer}"))
    talk.lines.append(Line("S", f"250 {answers[-1]}"))
    if AuthMechanism.TLS in connector.auth_mechanism:
        talk.client("STARTTLS")
        talk.server(reply.READY_FOR_TLS)
        talk.note("TLS handshake, then EHLO again")


def _extensions(connector: ReceiveConnector) -> Iterator[str]:
    """What EHLO lists, as far as it matters here."""
    limit = connector.max_message_size
    yield "SIZE" if limit is None else f"SIZE {limit}"
    yield "PIPELINING"
    yield "ENHANCEDSTATUSCODES"
    mechanisms = connector.auth_mechanism
    if AuthMechanism.TLS in mechanisms:
        yield "STARTTLS"
    ways = {AuthMechanism.INTEGRATED: "NTLM", AuthMechanism.BASIC_AUTH: "LOGIN"}
    offered = [word for mechanism, word in ways.items() if mechanism in mechanisms]
    if offered:
        late = AuthMechanism.BASIC_AUTH_REQUIRE_TLS in mechanisms
        yield " ".join(["AUTH", *offered]) + (" (LOGIN only after STARTTLS)" if late else "")
    yield "8BITMIME"


def _mail_from(
    scenario: Scenario,
    talk: _Talk,
    hub: Hub,
    host: Host,
    connector: ReceiveConnector,
    letter: Letter,
) -> Reply:
    size = "" if letter.size is None else f" SIZE={letter.size}"
    sender = "" if letter.sender == NULL_SENDER else letter.sender
    talk.client(f"MAIL FROM:<{sender}>{size}")
    answer = route.mail_verdict(scenario, host, connector, letter.sender)
    if answer.is_success:
        answer = pressure.mail_from(scenario, hub, host, letter.sender) or answer
    if answer.is_success and letter.size is not None:
        answer = route.size_verdict(scenario, host, connector, letter.size)
    return talk.server(answer)


def _rcpt_to(
    scenario: Scenario, talk: _Talk, host: Host, connector: ReceiveConnector, letter: Letter
) -> list[Reply]:
    verdicts: list[Reply] = []
    for recipient in letter.recipients:
        talk.client(f"RCPT TO:<{recipient}>")
        answer = route.rcpt_verdict(scenario, host, connector, domain_of(recipient))
        if answer.is_success:
            accepted = sum(each.is_success for each in verdicts)
            answer = route.count_verdict(connector, accepted)
        verdicts.append(talk.server(answer))
    return verdicts


def _data(talk: _Talk, connector: ReceiveConnector | None, letter: Letter) -> None:
    talk.client("DATA")
    talk.server(reply.START_MAIL_INPUT)
    talk.client("the message" if letter.size is None else f"the message, {letter.size:,} bytes")
    delay = connector.max_acknowledgement_delay if connector else 0  # none between hubs
    if delay:
        talk.note(
            "DelayedAck: the reply waits until the message is delivered, at most "
            f"{format_duration(delay)}"
        )
    talk.server(reply.QUEUED.filled(message_id="message-id"))


def _time_span(microseconds: int) -> str:
    """A time as the protocol log writes it: 0.00:00:05."""
    seconds, rest = divmod(microseconds, SECOND)
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    fraction = f".{rest // 1000:03d}" if rest else ""
    return f"{days}.{hour:02d}:{minute:02d}:{second:02d}{fraction}"
