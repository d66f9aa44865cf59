"""SMTP replies of Exchange and Postfix, word for word, for every step that is simulated.

"Confirmed" means that Microsoft's documentation or a record of a real server has the text; the
others are the best known wording.

The wording is that of Exchange 2007 and 2010. By public posts later servers word five of them
differently. `worded` has the three that come from rights, and all that Postfix sends; the two
others keep the older wording:

- `TOO_MANY_CONNECTIONS_PER_SOURCE`: `421 4.3.2 The maximum number of concurrent server connections
  has exceeded a per-source limit, closing transmission channel` (posts of 2017 and 2021; which
  version was the first is unconfirmed);
- `UNABLE_TO_RELAY`: `550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain` (2016);
- `NOT_AUTHENTICATED`: `530 5.7.57 SMTP; Client was not authenticated to send anonymous mail during
  MAIL FROM` (2016, unconfirmed);
- `NO_SENDER_RIGHT`: `550 5.7.60 SMTP; Client does not have permissions to send as this sender`
  (2013);
- `INSUFFICIENT_RESOURCES`: the same text with the resource in brackets behind it (2016).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

PERMANENT = 500
"""The codes of permanent replies begin here; below, a client tries again."""
CLOSES = 421
"""The code of a reply with which a server closes the session."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply: three-digit code, enhanced status code ("" where there is none) and text.

    The text may have fields in braces, such as `{ip}`; `filled` puts values in.
    """

    code: int
    enhanced: str
    text: str

    def __str__(self) -> str:
        return " ".join(part for part in (str(self.code), self.enhanced, self.text) if part)

    @property
    def is_success(self) -> bool:
        """Whether the command succeeded (2xx) or may go on (3xx)."""
        return self.code < 400

    def filled(self, **fields: object) -> "Reply":
        """Return the reply with its fields replaced; raise KeyError if a field has no value."""
        return Reply(self.code, self.enhanced, self.text.format(**fields))


# Connection.
BANNER = Reply(220, "", "{server} Microsoft ESMTP MAIL Service ready at {date}")  # confirmed
EHLO_OK = Reply(250, "", "{server} Hello [{ip}]")  # unconfirmed
READY_FOR_TLS = Reply(220, "2.0.0", "SMTP server ready")  # unconfirmed
CLOSING = Reply(221, "2.0.0", "Service closing transmission channel")  # confirmed
# A hub that is down sends nothing. These are the words that Exchange as a client gives for a failed
# connection, used on both sides: refused, lost (both confirmed).
UNABLE_TO_CONNECT = Reply(421, "4.2.1", "Unable to connect")
CONNECTION_DROPPED = Reply(421, "4.4.2", "Connection dropped")
# A server that does not answer in time; confirmed as a text, unconfirmed for the end of DATA.
CONNECTION_TIMED_OUT = Reply(421, "4.4.1", "Connection timed out")
FAILED_CONNECTION = (UNABLE_TO_CONNECT, CONNECTION_DROPPED, CONNECTION_TIMED_OUT)
"""What a client gives for a reply where no server sends one."""

# Confirmed as a text; unconfirmed for the case that no receive connector matches.
SERVICE_NOT_AVAILABLE = Reply(421, "4.3.2", "Service not available")
# MaxInboundConnection; unconfirmed wording.
TOO_MANY_CONNECTIONS = Reply(
    421,
    "4.3.2",
    "The maximum number of concurrent server connections has exceeded a limit, closing "
    "transmission channel",
)
# MaxInboundConnectionPerSource (several sources); for the percentage unconfirmed.
TOO_MANY_CONNECTIONS_PER_SOURCE = Reply(
    421,
    "4.3.2",
    "The maximum number of concurrent connections has exceeded a limit, closing transmission "
    "channel",
)

# Between two hubs. Confirmed as the last error of a queue between hubs of one organization.
NO_EXCHANGE_AUTHENTICATION = Reply(451, "5.7.3", "Cannot achieve Exchange Server authentication")

# AUTH.
AUTHENTICATED = Reply(235, "2.7.0", "Authentication successful")  # unconfirmed
AUTHENTICATION_UNSUCCESSFUL = Reply(535, "5.7.3", "Authentication unsuccessful")  # several sources
AUTHENTICATION_NOT_OFFERED = Reply(504, "5.7.4", "Unrecognized authentication type")  # unconfirmed

# MAIL FROM.
SENDER_OK = Reply(250, "2.1.0", "Sender OK")  # confirmed
NOT_AUTHENTICATED = Reply(530, "5.7.1", "Client was not authenticated")  # confirmed
# Unconfirmed when exactly this one is sent.
NO_SUBMIT_RIGHT = Reply(550, "5.7.1", "Client does not have permissions to submit to this server")
# Several sources; there is a variant "Anonymous client does not ...", unconfirmed when.
NO_SENDER_RIGHT = Reply(550, "5.7.1", "Client does not have permissions to send as this sender")
INSUFFICIENT_RESOURCES = Reply(452, "4.3.1", "Insufficient system resources")  # confirmed
# A front end lost the Transport service that it proxied to. Behind this text stand letters from
# PRX1 to PRX5, whose meaning Microsoft does not publish (many posts).
TEMPORARY_SERVER_ERROR = Reply(451, "4.7.0", "Temporary server error. Please try again later.")
# MessageRateLimit (several sources).
SUBMISSION_RATE_EXCEEDED = Reply(
    421, "4.4.2", "Message submission rate for this client has exceeded the configured limit"
)
# Text confirmed, code 552 unconfirmed.
MESSAGE_TOO_LARGE = Reply(552, "5.3.4", "Message size exceeds fixed maximum message size")

# RCPT TO.
RECIPIENT_OK = Reply(250, "2.1.5", "Recipient OK")  # confirmed
UNABLE_TO_RELAY = Reply(550, "5.7.1", "Unable to relay")  # confirmed
# RCPT TO that was sent at once with a MAIL FROM that is refused (RFC 2920); unconfirmed wording.
NO_MAIL_COMMAND = Reply(503, "5.5.2", "Need mail command")
TOO_MANY_RECIPIENTS = Reply(452, "4.5.3", "Too many recipients")  # confirmed

# DATA.
START_MAIL_INPUT = Reply(354, "", "Start mail input; end with <CRLF>.<CRLF>")  # confirmed
QUEUED = Reply(250, "2.6.0", "<{message_id}> Queued mail for delivery")  # confirmed from 2013 on

# Replies in NDRs of the hub.
MESSAGE_EXPIRED = Reply(550, "4.4.7", "QUEUE.Expired; message expired")  # confirmed
# All matching send connectors are too small. "ROUTING.SizeLimit" has one source.
NO_ROUTE_FOR_SIZE = Reply(
    550, "5.3.4", "ROUTING.SizeLimit; message size exceeds fixed maximum size for route"
)


class Wording(StrEnum):
    """The server, or the first version of Exchange, with the wording of some replies."""

    EXCHANGE_2007 = "exchange-2007"
    EXCHANGE_2013 = "exchange-2013"
    POSTFIX = "postfix"


_SINCE_2013: Mapping[Reply, Reply] = MappingProxyType(
    {
        # Confirmed for 2016.
        UNABLE_TO_RELAY: Reply(
            550, "5.7.54", "SMTP; Unable to relay recipient in non-accepted domain"
        ),
        # Many posts.
        NOT_AUTHENTICATED: Reply(
            530,
            "5.7.57",
            "SMTP; Client was not authenticated to send anonymous mail during MAIL FROM",
        ),
        NO_SENDER_RIGHT: Reply(
            550, "5.7.60", "SMTP; Client does not have permissions to send as this sender"
        ),
    }
)
# Postfix, smtpd.c, smtpd_check.c and postscreen (2026-08). Where all processes are busy a client
# waits for a greeting; the text for it is that of postscreen (assumption).
_OF_POSTFIX: Mapping[Reply, Reply] = MappingProxyType(
    {
        BANNER: Reply(220, "", "{server} ESMTP Postfix"),
        EHLO_OK: Reply(250, "", "{server}"),
        READY_FOR_TLS: Reply(220, "2.0.0", "Ready to start TLS"),
        CLOSING: Reply(221, "2.0.0", "Bye"),
        TOO_MANY_CONNECTIONS: Reply(421, "4.3.2", "All server ports are busy"),
        TOO_MANY_CONNECTIONS_PER_SOURCE: Reply(421, "4.7.0", "Error: too many connections"),
        AUTHENTICATION_UNSUCCESSFUL: Reply(535, "5.7.8", "Error: authentication failed"),
        SENDER_OK: Reply(250, "2.1.0", "Ok"),
        # permit_sasl_authenticated, reject.
        NOT_AUTHENTICATED: Reply(554, "5.7.1", "<client>: Client host rejected: Access denied"),
        NO_SUBMIT_RIGHT: Reply(554, "5.7.1", "<client>: Client host rejected: Access denied"),
        # reject_sender_login_mismatch.
        NO_SENDER_RIGHT: Reply(
            553, "5.7.1", "<sender>: Sender address rejected: not owned by user"
        ),
        INSUFFICIENT_RESOURCES: Reply(452, "4.3.1", "Insufficient system storage"),
        SUBMISSION_RATE_EXCEEDED: Reply(450, "4.7.1", "Error: too much mail from client"),
        MESSAGE_TOO_LARGE: Reply(552, "5.3.4", "Message size exceeds fixed limit"),
        RECIPIENT_OK: Reply(250, "2.1.5", "Ok"),
        # defer_unauth_destination, the default of smtpd_relay_restrictions: a client tries again.
        UNABLE_TO_RELAY: Reply(454, "4.7.1", "<recipient>: Relay access denied"),
        NO_MAIL_COMMAND: Reply(503, "5.5.1", "Error: need MAIL command"),
        TOO_MANY_RECIPIENTS: Reply(452, "4.5.3", "Error: too many recipients"),
        START_MAIL_INPUT: Reply(354, "", "End data with <CR><LF>.<CR><LF>"),
        QUEUED: Reply(250, "2.0.0", "Ok: queued as {message_id}"),
    }
)
_WORDINGS: Mapping[Wording, Mapping[Reply, Reply]] = MappingProxyType(
    {
        Wording.EXCHANGE_2007: {},
        Wording.EXCHANGE_2013: _SINCE_2013,
        Wording.POSTFIX: _OF_POSTFIX,
    }
)


def worded(answer: Reply, wording: Wording) -> Reply:
    """Return a reply of this module in the wording of a server."""
    return _WORDINGS[wording].get(answer, answer)
