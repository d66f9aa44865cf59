"""The expected SMTP dialogue with an idle hub: the reply to each command."""

from dataclasses import dataclass
from datetime import datetime

from relaysim.mail import reply
from relaysim.mail.address import domain_of
from relaysim.mail.dialogue import HUB_BANDWIDTH, Dialogue, Step, Verb, greeting
from relaysim.mail.receive_verdict import error_delay
from relaysim.mail.reply import Reply, worded
from relaysim.plan import initial_pressure as pressure
from relaysim.plan import submission
from relaysim.plan.hand_over import HandOver
from relaysim.scenario.connector import ReceiveConnector
from relaysim.scenario.host import Host
from relaysim.scenario.hub import Hub
from relaysim.scenario.model import Scenario


@dataclass(frozen=True, slots=True)
class Letter:
    """A message to explain.

    Parameters
    ----------
    sender : str
        The address in MAIL FROM.
    recipients : tuple of str
        The addresses in RCPT TO.
    size : int or None
        Bytes; None leaves SIZE= out.
    """

    sender: str
    recipients: tuple[str, ...]
    size: int | None


@dataclass(frozen=True)
class ExpectedDialogue:
    """The steps of a dialogue, and the last reply for each recipient, in order."""

    steps: tuple[Step, ...]
    replies: tuple[Reply, ...]

    @property
    def lines(self) -> tuple[Step, ...]:
        """The steps without the end-of-data line."""
        return tuple(step for step in self.steps if step.verb is not Verb.END)


def expected_dialogue(
    scenario: Scenario,
    host: Host,
    name: str,
    target: submission.Target,
    connector: ReceiveConnector | None,
    letter: Letter,
    at: datetime | None = None,
    delay: int = 0,
) -> ExpectedDialogue:
    """Return the session in which a host submits a message to a hub that is idle.

    Parameters
    ----------
    scenario : Scenario
        The design.
    host : Host
        The host.
    name : str
        The name of the host in EHLO.
    target : Target
        The address that the host connects to.
    connector : ReceiveConnector or None
        The receive connector that answers there.
    letter : Letter
        The message.
    at : datetime or None
        Time of the greeting; the start of the run by default.
    delay : int
        Delay of the reply to MAIL FROM by back pressure, microseconds. A delay refuses nothing;
        only back pressure by a drive that is full at the start refuses mail here.

    Returns
    -------
    ExpectedDialogue
        The steps, and the last reply for each recipient.
    """
    refused = None if target.hub is None else pressure.greeting(scenario.hubs[target.hub])
    first = refused or submission.greeting(target, connector)
    if connector is None or target.hub is None or refused:
        return _refused(first, letter)
    session = submission.session(scenario, host, connector)
    wording = scenario.hubs[target.hub].properties.wording
    dialogue = Dialogue(error_delay(connector, session.principal), host.pipelining, wording)
    dialogue.connect(greeting(target.hub, at or scenario.run.start, wording))
    client = submission.source(scenario, host, target)
    dialogue.hello(name, client, target.hub, connector)
    if session.login is not None:
        dialogue.login(host.account or "", session.login)
        if not session.login.is_success:
            return _ended(dialogue, [session.login] * len(letter.recipients))
    hub = scenario.hubs[target.hub]
    answer = _sender_reply(scenario, hub, host, connector, letter)
    dialogue.mail_from(letter.sender, letter.size, answer, delay)
    if answer.is_success:
        replies = _recipient_replies(scenario, hub, host, connector, letter)
        for recipient, rcpt_reply in zip(letter.recipients, replies, strict=True):
            dialogue.rcpt_to(recipient, rcpt_reply)
    else:
        replies = [answer] * len(letter.recipients)
        # A client with PIPELINING has sent RCPT TO before it reads the reply to MAIL FROM.
        for recipient in letter.recipients if host.pipelining else ():
            dialogue.rcpt_to(recipient, reply.NO_MAIL_COMMAND)
    # Without an accepted recipient the client sends no DATA.
    if any(reply.is_success for reply in replies):
        dialogue.data(letter.size, host.bandwidth, connector.max_acknowledgement_delay)
    return _ended(dialogue, replies)


def expected_hub_dialogue(
    scenario: Scenario, client: Host, hand: HandOver, letter: Letter
) -> ExpectedDialogue:
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

    Returns
    -------
    ExpectedDialogue
        The steps, and the last reply for each recipient.
    """
    model, connector = scenario.hubs[hand.receiver], hand.connector
    refused = pressure.greeting(model)
    if refused is None and hand.selection is not None and connector is None:
        refused = hand.reply
    if refused is not None:
        return _refused(refused, letter)
    wording = model.properties.wording
    dialogue = Dialogue(wording=wording)
    dialogue.connect(greeting(hand.receiver, scenario.run.start, wording))
    dialogue.hello(hand.sender, client.address, hand.receiver, connector)
    if connector is not None:  # else one of the two is no Exchange server
        dialogue.login_of_hub(hand.reply)
        if not hand.reply.is_success:
            return _ended(dialogue, [hand.reply] * len(letter.recipients))
    answer = pressure.mail_from_hub(model) or reply.SENDER_OK
    dialogue.mail_from(letter.sender, None, answer)
    replies = [answer] * len(letter.recipients)
    if answer.is_success:
        replies = [reply.RECIPIENT_OK] * len(letter.recipients)
        for recipient, rcpt_reply in zip(letter.recipients, replies, strict=True):
            dialogue.rcpt_to(recipient, rcpt_reply)
        dialogue.data(letter.size, HUB_BANDWIDTH)
    return _ended(dialogue, replies)


def _refused(answer: Reply, letter: Letter) -> ExpectedDialogue:
    """Return a session that ends with the first reply."""
    dialogue = Dialogue()
    dialogue.connect(answer)
    return ExpectedDialogue(tuple(dialogue.steps), (answer,) * len(letter.recipients))


def _ended(dialogue: Dialogue, replies: list[Reply]) -> ExpectedDialogue:
    """Return a session that the client ends with QUIT."""
    dialogue.quit()
    return ExpectedDialogue(tuple(dialogue.steps), tuple(replies))


def _sender_reply(
    scenario: Scenario, hub: Hub, host: Host, connector: ReceiveConnector, letter: Letter
) -> Reply:
    """Return the reply to MAIL FROM."""
    answer = submission.mail_verdict(scenario, hub.name, host, connector, letter.sender)
    if answer.is_success:
        # Rights are checked before back pressure, and the size last.
        answer = pressure.mail_from(scenario, hub, host, letter.sender) or answer
    if answer.is_success and letter.size is not None:
        answer = submission.size_verdict(scenario, host, connector, letter.size)
    return worded(answer, hub.properties.wording)


def _recipient_replies(
    scenario: Scenario, hub: Hub, host: Host, connector: ReceiveConnector, letter: Letter
) -> list[Reply]:
    """Return the reply to each RCPT TO."""
    replies: list[Reply] = []
    for recipient in letter.recipients:
        answer = submission.rcpt_verdict(scenario, hub.name, host, connector, domain_of(recipient))
        if answer.is_success:
            # Refused recipients do not count for the limit.
            accepted = sum(reply.is_success for reply in replies)
            answer = submission.count_verdict(connector, accepted)
        replies.append(worded(answer, hub.properties.wording))
    return replies
