"""The length of the parts of an SMTP session: the steps of `relaysim.mail.dialogue`, added up.

The work of the hub is added elsewhere: receiving, the queue database, a delayed acknowledgement.
"""

# ruff: noqa: D102 -- the properties of `Client` are keys of the scenario file

from dataclasses import dataclass
from typing import Protocol

from relaysim.mail import reply
from relaysim.mail.address import IpAddress
from relaysim.mail.dialogue import Dialogue, Verb, transfer_time
from relaysim.mail.receive_connector import ReceiveConnector
from relaysim.mail.receive_verdict import error_delay
from relaysim.mail.session_access import identify, logs_in
from relaysim.units import SECOND

MAILBOX_SUBMISSION = 2
"""Round trips of a message that the mailbox server submits; it is no SMTP client (assumption)."""


class Client(Protocol):
    """A host that submits: times in microseconds, bandwidth in bit/s (None: unlimited)."""

    @property
    def address(self) -> IpAddress: ...
    @property
    def account(self) -> str | None: ...
    @property
    def round_trip(self) -> int: ...
    @property
    def pipelining(self) -> bool: ...
    @property
    def bandwidth(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Timing:
    """The lengths of the sessions of one host at one receive connector.

    Parameters
    ----------
    opening : int
        Round trips before the first message of a session.
    mail, recipient, content : int
        Round trips of MAIL FROM, of each RCPT TO, and of DATA with the content.
    round_trip : int
        Round-trip time, microseconds.
    bandwidth : int
        Of each session, bit/s; 0 is unlimited.
    error_delay : int
        The tarpit of each error reply, microseconds.
    pipelining : bool
        The host sends MAIL FROM and all RCPT TO at once.
    """

    opening: int
    mail: int
    recipient: int
    content: int
    round_trip: int
    bandwidth: int
    error_delay: int = 0
    pipelining: bool = False

    @property
    def opening_time(self) -> int:
        """Return the time from the connection to the first MAIL FROM, microseconds."""
        return self.opening * self.round_trip

    def submission(self, recipients: int, refused: int, mails: int, size: int) -> int:
        """Return the time from MAIL FROM until the hub has the content of a message.

        Parameters
        ----------
        recipients : int
            Recipients of the message.
        refused : int
            Recipients that the hub refuses.
        mails : int
            Transactions that carry the others: several above MaxRecipientsPerMessage, 0 if all
            recipients are refused.
        size : int
            Size of the message, bytes.

        Returns
        -------
        int
            Microseconds.
        """
        trips = (mails or 1) * self.mail + recipients * self.recipient + mails * self.content
        content = mails * transfer_time(size, self.bandwidth)
        return trips * self.round_trip + refused * self.error_delay + content

    def refusal(self, recipients: int, closes: bool) -> int:
        """Return the time from MAIL FROM until the error reply to it.

        Parameters
        ----------
        recipients : int
            Recipients of the message. A host that pipelines has sent RCPT TO too, and each gets an
            error of its own.
        closes : bool
            The reply closes the session, so nothing follows it.

        Returns
        -------
        int
            Microseconds.
        """
        errors = 1 + recipients if self.pipelining and not closes else 1
        return self.mail * self.round_trip + errors * self.error_delay

    def mean(self, size: float, recipients: float, messages: float) -> float:
        """Return the mean time of a message from its part of the opening until the hub has it.

        Parameters
        ----------
        size : float
            Mean size, bytes.
        recipients : float
            Mean number of recipients; none is refused.
        messages : float
            Messages of a session, which share its opening.

        Returns
        -------
        float
            Seconds.
        """
        trips = self.opening / messages + self.mail + self.recipient * recipients + self.content
        transfer = size * 8 / self.bandwidth if self.bandwidth else 0.0
        return trips * self.round_trip / SECOND + transfer


def mailbox_timing(round_trip: int, bandwidth: int | None) -> Timing:
    """Return the timing of the mailbox server, which sends no commands."""
    return Timing(0, 0, 0, MAILBOX_SUBMISSION, round_trip, bandwidth or 0)


def _trips(dialogue: Dialogue, first: Verb, last: Verb) -> int:
    return sum(step.round_trips for step in dialogue.steps if first <= step.verb <= last)


def relay_timing(client: Client) -> Timing:
    """Return the timing of a host at a relay service.

    The time of a connection is a law of the service. A message takes the round trips of MAIL FROM,
    each RCPT TO, and DATA with the content; the reply to the content is a law of the service too.
    """
    dialogue = Dialogue(pipelining=client.pipelining)
    dialogue.mail_from("", None, reply.SENDER_OK)
    dialogue.rcpt_to("", reply.RECIPIENT_OK)
    dialogue.data(None, None)
    return Timing(
        opening=0,
        mail=_trips(dialogue, Verb.MAIL, Verb.MAIL),
        recipient=_trips(dialogue, Verb.RCPT, Verb.RCPT),
        content=_trips(dialogue, Verb.DATA, Verb.END),
        round_trip=client.round_trip,
        bandwidth=client.bandwidth or 0,
        pipelining=client.pipelining,
    )


def timing(client: Client, connector: ReceiveConnector | None) -> Timing:
    """Return the timing of a host at the receive connector that answers.

    Parameters
    ----------
    client : Client
        The host.
    connector : ReceiveConnector or None
        The receive connector; None if the mailbox server submits for the host.

    Returns
    -------
    Timing
        Its round trips are those of a dialogue with one recipient.
    """
    if connector is None:
        return mailbox_timing(client.round_trip, client.bandwidth)
    authenticated = logs_in(connector, client.account)
    dialogue = Dialogue(pipelining=client.pipelining)
    dialogue.connect(reply.BANNER)
    dialogue.hello("", client.address, "", connector)
    if authenticated:
        dialogue.login("", reply.AUTHENTICATED)
    dialogue.mail_from("", None, reply.SENDER_OK)
    dialogue.rcpt_to("", reply.RECIPIENT_OK)
    dialogue.data(None, None)

    return Timing(
        opening=_trips(dialogue, Verb.CONNECT, Verb.AUTH),
        mail=_trips(dialogue, Verb.MAIL, Verb.MAIL),
        recipient=_trips(dialogue, Verb.RCPT, Verb.RCPT),
        content=_trips(dialogue, Verb.DATA, Verb.END),
        round_trip=client.round_trip,
        bandwidth=client.bandwidth or 0,
        error_delay=error_delay(connector, identify(connector, authenticated)),
        pipelining=client.pipelining,
    )
