"""The SMTP dialogue of a session: its steps, each with its text and its length.

No other module has texts and round trips of a dialogue. `explain` prints the steps, `trace` gives
each step a time, and `relaysim.mail.session_time` adds the steps up for the engine, the offered
load and the theory.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from enum import Enum, IntEnum, StrEnum

from relaysim.mail import reply
from relaysim.mail.address import NULL_SENDER, IpAddress
from relaysim.mail.auth import AuthMechanism
from relaysim.mail.receive_connector import ReceiveConnector
from relaysim.mail.reply import Reply, Wording, worded
from relaysim.units import SECOND, format_duration

TLS_TRIPS = 3
"""Round trips after the reply to STARTTLS: two of the handshake (RFC 5246), and EHLO again."""

LOGIN_TRIPS = 2
"""Round trips of AUTH: the command, and the credentials (RFC 4954)."""

HUB_BANDWIDTH = 100_000_000
"""Between two hubs of a site, bit/s; their round trips take no time (assumptions)."""


class Speaker(StrEnum):
    """The source of a line in the protocol log."""

    CLIENT = "C"
    SERVER = "S"
    LOG = "*"
    """A remark of the log itself, such as a tarpit."""


class Verb(IntEnum):
    """The command or phase of a step, in the order of a session."""

    CONNECT, EHLO, STARTTLS, AUTH, MAIL, RCPT, DATA, CONTENT, END, ACKNOWLEDGE, QUIT = range(11)


class Cause(Enum):
    """Why a step takes longer than its round trips."""

    TARPIT = "tarpit"
    """TarpitInterval before an error to an anonymous session."""
    BACK_PRESSURE = "back pressure"
    """The delay of the reply to MAIL FROM while a hub is short of resources."""
    TRANSFER = "transfer"
    """The content of the message on a line of limited bandwidth."""
    ACKNOWLEDGEMENT = "acknowledgement"
    """The hub takes the message: cores, queue database, delayed acknowledgement."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a dialogue, and the time that the dialogue takes with it.

    A reply of the server stands at the end of its step, any other line at the beginning.

    Parameters
    ----------
    speaker : Speaker
        The source of the line.
    verb : Verb
        The command that the step belongs to.
    text : str
        The line.
    round_trips : int
        Round trips between client and server.
    pause : int
        Time beyond the round trips, microseconds.
    cause : Cause or None
        The reason for `pause`. For `ACKNOWLEDGEMENT` the pause is 0 here, since it depends on the
        load of the hub.
    """

    speaker: Speaker
    verb: Verb
    text: str
    round_trips: int = 0
    pause: int = 0
    cause: Cause | None = None

    def __str__(self) -> str:
        return f"{self.speaker}: {self.text}"


def steps_with_times(
    steps: Iterable[Step], start: int, round_trip: int
) -> Iterator[tuple[int, Step]]:
    """Return the steps with their times.

    Parameters
    ----------
    steps : iterable of Step
        Steps of one session that follow one another.
    start : int
        When the first begins, microseconds.
    round_trip : int
        Round-trip time between client and server, microseconds.

    Returns
    -------
    iterator of (int, Step)
        The time of each line, microseconds, and the step.
    """
    for step in steps:
        end = start + step.round_trips * round_trip + step.pause
        yield (end if step.speaker is Speaker.SERVER else start), step
        start = end


def transfer_time(size: int, bandwidth: int | None) -> int:
    """Return the transfer time of `size` bytes at `bandwidth` bit/s (0 or None: unlimited), µs."""
    return size * 8_000_000 // bandwidth if bandwidth else 0


def greeting(server: str, at: datetime, wording: Wording) -> Reply:
    """Return the greeting of the hub `server` at a time of day."""
    return worded(reply.BANNER, wording).filled(
        server=server, date=format_datetime(at).rsplit(" ", 1)[0]
    )


class Dialogue:
    """A dialogue, built step by step.

    Parameters
    ----------
    error_delay : int
        The tarpit of each error reply, microseconds; 0 without one.
    pipelining : bool
        The client sends MAIL FROM and all RCPT TO at once (RFC 2920), which takes one round trip.
        The server sends all replies together, after the delay of each. So in the log the tarpit of
        a refused recipient stands before the reply to MAIL FROM.
    wording : Wording
        The wording of the server.

    Notes
    -----
    The TCP connection with the greeting takes one round trip, each command one, and DATA one more
    for the content; `TLS_TRIPS` and `LOGIN_TRIPS` are added (counted from RFC 5321, 3207, 5246 and
    4954). It is an assumption that clients use TLS wherever the server offers it.
    """

    def __init__(
        self,
        error_delay: int = 0,
        pipelining: bool = False,
        wording: Wording = Wording.EXCHANGE_2007,
    ) -> None:
        self.steps: list[Step] = []
        self._error_delay, self._pipelining = error_delay, pipelining
        self._held: list[Step] = []
        self._wording = wording

    def connect(self, answer: Reply) -> None:
        """Add the TCP connection with the greeting, or with the reply that refuses the session."""
        self._reply(Verb.CONNECT, answer)

    def hello(
        self, client: str, address: IpAddress, server: str, connector: ReceiveConnector | None
    ) -> None:
        """Add EHLO, and STARTTLS if the receive connector offers it; None offers no extension."""
        self._client(Verb.EHLO, f"EHLO {client}")
        welcome = worded(reply.EHLO_OK, self._wording)
        answers = [welcome.filled(server=server, ip=address).text]
        if connector is not None:
            answers += _extensions(connector)
        last = len(answers) - 1
        for number, answer in enumerate(answers):
            text = f"250 {answer}" if number == last else f"250-{answer}"
            self._add(Speaker.SERVER, Verb.EHLO, text, 0 if number else 1)
        if connector is not None and AuthMechanism.TLS in connector.auth_mechanism:
            self._client(Verb.STARTTLS, "STARTTLS")
            self._reply(Verb.STARTTLS, reply.READY_FOR_TLS)
            self._add(Speaker.LOG, Verb.STARTTLS, "TLS handshake, then EHLO again", TLS_TRIPS)

    def login(self, account: str, answer: Reply) -> None:
        """Add AUTH with an account."""
        self._client(Verb.AUTH, f"AUTH as {account}")
        self._reply(Verb.AUTH, answer, LOGIN_TRIPS)

    def login_of_hub(self, answer: Reply) -> None:
        """Add AUTH of a hub at another hub."""
        self._client(Verb.AUTH, "AUTH as an Exchange server")
        if answer.is_success:
            self._reply(Verb.AUTH, answer, LOGIN_TRIPS)
        else:
            # The sending hub writes this line itself: the server sends no reply.
            self._add(Speaker.LOG, Verb.AUTH, str(answer))

    def mail_from(self, sender: str, size: int | None, answer: Reply, delay: int = 0) -> None:
        """Add MAIL FROM, with SIZE= unless `size` (bytes) is None.

        Back pressure delays the reply (µs).
        """
        announced = "" if size is None else f" SIZE={size}"
        self._client(Verb.MAIL, f"MAIL FROM:<{'' if sender == NULL_SENDER else sender}>{announced}")
        if delay:
            text = "back pressure: the hub delays its answers"
            self._add(Speaker.LOG, Verb.MAIL, text, 0, delay, Cause.BACK_PRESSURE)
        self._reply(Verb.MAIL, answer)

    def rcpt_to(self, recipient: str, answer: Reply) -> None:
        """Add RCPT TO for one recipient."""
        self._client(Verb.RCPT, f"RCPT TO:<{recipient}>")
        self._reply(Verb.RCPT, answer, 0 if self._pipelining else 1)

    def data(self, size: int | None, bandwidth: int | None, acknowledgement_delay: int = 0) -> None:
        """Add DATA, the content of the message, and the reply that accepts the message.

        Parameters
        ----------
        size : int or None
            Bytes; None if unknown.
        bandwidth : int or None
            Of the session, bit/s; 0 or None is unlimited.
        acknowledgement_delay : int
            MaxAcknowledgementDelay, microseconds; 0 without one.
        """
        self._release()
        self._client(Verb.DATA, "DATA")
        self._reply(Verb.DATA, reply.START_MAIL_INPUT)
        text = "the message" if size is None else f"the message, {size:,} bytes"
        pause = transfer_time(size or 0, bandwidth)
        self._add(Speaker.CLIENT, Verb.CONTENT, text, 1, pause, Cause.TRANSFER)
        self._client(Verb.END, ".")
        if acknowledgement_delay:
            text = (
                "DelayedAck: the reply waits until the message is delivered, at most "
                f"{format_duration(acknowledgement_delay)}"
            )
            self._add(Speaker.LOG, Verb.ACKNOWLEDGE, text, cause=Cause.ACKNOWLEDGEMENT)
        queued = worded(reply.QUEUED, self._wording)
        text = str(queued.filled(message_id="message-id"))
        self._add(Speaker.SERVER, Verb.ACKNOWLEDGE, text, cause=Cause.ACKNOWLEDGEMENT)

    def quit(self) -> None:
        """Add QUIT and its reply."""
        self._release()
        self._client(Verb.QUIT, "QUIT")
        self._reply(Verb.QUIT, reply.CLOSING)

    def _release(self) -> None:
        """Add the replies that pipelining holds back."""
        self.steps += self._held
        self._held = []

    def _client(self, verb: Verb, text: str) -> None:
        self._add(Speaker.CLIENT, verb, text)

    def _reply(self, verb: Verb, answer: Reply, round_trips: int = 1) -> None:
        if self._error_delay and not answer.is_success:
            text = f"Tarpit for '{_time_span(self._error_delay)}'"
            self._add(Speaker.LOG, verb, text, 0, self._error_delay, Cause.TARPIT)
        held = self._pipelining and verb in (Verb.MAIL, Verb.RCPT)
        # Where no server replies, the log has the words of the client.
        speaker = Speaker.LOG if answer in reply.FAILED_CONNECTION else Speaker.SERVER
        step = Step(speaker, verb, str(worded(answer, self._wording)), round_trips)
        (self._held if held else self.steps).append(step)

    def _add(
        self,
        speaker: Speaker,
        verb: Verb,
        text: str,
        round_trips: int = 0,
        pause: int = 0,
        cause: Cause | None = None,
    ) -> None:
        self.steps.append(Step(speaker, verb, text, round_trips, pause, cause))


def _extensions(connector: ReceiveConnector) -> Iterator[str]:
    """Yield the extensions that EHLO lists, as far as the model has them."""
    limit = connector.max_message_size
    yield "SIZE" if limit is None else f"SIZE {limit}"
    yield "PIPELINING"
    yield "ENHANCEDSTATUSCODES"
    mechanisms = connector.auth_mechanism
    if AuthMechanism.TLS in mechanisms:
        yield "STARTTLS"
    names = {AuthMechanism.INTEGRATED: "NTLM", AuthMechanism.BASIC_AUTH: "LOGIN"}
    offered = [name for mechanism, name in names.items() if mechanism in mechanisms]
    if offered:
        late = AuthMechanism.BASIC_AUTH_REQUIRE_TLS in mechanisms
        yield " ".join(["AUTH", *offered]) + (" (LOGIN only after STARTTLS)" if late else "")
    yield "8BITMIME"


def _time_span(microseconds: int) -> str:
    """Return a time as the protocol log writes it: 0.00:00:05."""
    seconds, rest = divmod(microseconds, SECOND)
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    fraction = f".{rest // 1000:03d}" if rest else ""
    return f"{days}.{hour:02d}:{minute:02d}:{second:02d}{fraction}"
