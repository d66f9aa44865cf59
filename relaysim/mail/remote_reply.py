"""Replies of destinations; `{ip}` is the public IP, `{domain}` the registered sender domain.

"Seen" means that a public log, ticket or page has the text word for word.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from relaysim.mail.reply import Reply


class Replies(StrEnum):
    """The product or provider whose wording the replies of a destination have."""

    POSTFIX = "postfix"
    GREYLISTING = "greylisting"
    GMAIL = "gmail"
    OUTLOOK = "outlook"
    YAHOO = "yahoo"
    MICROSOFT_365 = "microsoft-365"
    APPLE = "apple"


ACCEPTED = Reply(250, "2.0.0", "OK")
TRY_AGAIN_LATER = Reply(451, "4.7.1", "Please try again later")  # unconfirmed
TOO_MANY_CONNECTIONS = Reply(421, "4.7.0", "Error: too many connections from {ip}")  # Postfix

# Seen; all of these come for volume and reputation too.
_GMAIL_LATER = Reply(
    421,
    "4.7.28",
    "[{ip}] Our system has detected an unusual rate of unsolicited mail originating from your IP "
    "address. To protect our users from spam, mail sent from your IP address has been temporarily "
    "rate limited. Please visit https://support.google.com/mail/?p=UnsolicitedRateLimitError to "
    "review our Bulk Email Senders Guidelines. - gsmtp",
)
_OUTLOOK_LATER = Reply(
    451,
    "4.7.650",
    "The mail server [{ip}] has been temporarily rate limited due to IP reputation. For e-mail "
    "delivery information, see https://aka.ms/postmaster (S775)",
)
_YAHOO_LATER = Reply(
    421,
    "4.7.0",
    "[TSS04] Messages from {ip} temporarily deferred due to unexpected volume or user complaints - "
    "4.16.55.1; see https://postmaster.yahooinc.com/error-codes",
)

_M365_LATER = Reply(451, "4.7.500", "Server busy. Please try again later from [{ip}].")

_PROVIDER_LATER = {
    Replies.GMAIL: _GMAIL_LATER,
    Replies.OUTLOOK: _OUTLOOK_LATER,
    Replies.YAHOO: _YAHOO_LATER,
}

DEFERRALS: Mapping[Replies, Reply] = MappingProxyType(
    {
        **_PROVIDER_LATER,
        Replies.MICROSOFT_365: _M365_LATER,
        # Unconfirmed wording of a greylisting Postfix.
        Replies.GREYLISTING: Reply(
            450, "4.2.0", "Recipient address rejected: Greylisted, please try again later"
        ),
    }
)
"""The reply to a message that a destination defers, by its wording; others: `TRY_AGAIN_LATER`."""

_ZEN, _DBL = "zen.spamhaus.org", "dbl.spamhaus.org"
_UNNAMED = "Service unavailable; Client host [{ip}] blocked"
_UNNAMED_SENDER = "Service unavailable; Sender address [{domain}] blocked"


def _blocked_using(zone: str) -> str:
    """Return Postfix's default form, seen for ZEN; without the zone if the list has none."""
    if not zone:
        return _UNNAMED
    link = "; https://www.spamhaus.org/query/ip/{ip}" if zone == _ZEN else ""
    return f"{_UNNAMED} using {zone}{link}"


def _sender_blocked_using(zone: str) -> str:
    """Return Postfix's default form of `reject_rhsbl_sender`, which has the whole address."""
    if not zone:
        return _UNNAMED_SENDER
    link = "; https://www.spamhaus.org/query/domain/{domain}" if zone == _DBL else ""
    return f"{_UNNAMED_SENDER} using {zone}{link}"


# Large providers have their own wording; that of Outlook and Yahoo was seen at MAIL FROM.
_OUTLOOK_REJECTED = Reply(
    550,
    "5.7.1",
    "Service unavailable, Client host [{ip}] blocked using Spamhaus. To request removal from this "
    "list see https://www.spamhaus.org/query/ip/{ip}",
)
_YAHOO_REJECTED = Reply(
    553,
    "5.7.1",
    "[BL21] Connections will not be accepted from {ip}, because the ip is in Spamhaus's list; see "
    "https://postmaster.yahooinc.com/error-codes",
)
_M365_REJECTED = Reply(
    550,
    "5.7.606",
    "Access denied, banned sending IP [{ip}]. To request removal from this list please visit "
    "https://sender.office.com/ and follow the directions.",
)

_APPLE_REJECTED = Reply(
    550, "5.7.1", "Mail from IP {ip} was rejected due to listing in Spamhaus SBL."
)
# Seen, that of Outlook at the end of the content. Neither names the domain.
_SENDER_REJECTED = {
    Replies.APPLE: Reply(
        550,
        "5.7.1",
        "Your email was rejected due to having a domain present in the Spamhaus DBL",
    ),
    Replies.OUTLOOK: Reply(
        550,
        "5.7.1",
        "Service unavailable, MailFrom domain is listed in Spamhaus. To request removal from this "
        "list see https://www.spamhaus.org/query/lookup/ (S8002)",
    ),
}

_REJECTED_FOR_ZEN = {
    Replies.OUTLOOK: _OUTLOOK_REJECTED,
    Replies.YAHOO: _YAHOO_REJECTED,
    Replies.APPLE: _APPLE_REJECTED,
}

# Replies caused by a provider state. Seen, unless a comment says otherwise.
_THROTTLED = {
    Replies.GMAIL: _GMAIL_LATER,
    Replies.OUTLOOK: Reply(
        421,
        "",
        "RP-001 The mail server IP connecting to Windows Live Hotmail server has exceeded the rate "
        "limit allowed. Reason for rate limitation is related to IP/domain reputation problems.",
    ),
    Replies.YAHOO: _YAHOO_LATER,
    Replies.MICROSOFT_365: _M365_LATER,
}
_COLD = {
    **_THROTTLED,
    Replies.GMAIL: Reply(
        421,
        "4.7.0",
        "[{ip}] Our system has detected that this message is suspicious due to the very low "
        "reputation of the sending IP address. To protect our users from spam, mail sent from your "
        "IP address has been temporarily rate limited. Please visit "
        "https://support.google.com/mail/answer/188131 for more information. - gsmtp",
    ),
    Replies.OUTLOOK: _OUTLOOK_LATER,
}
# Yahoo sends this reply for policies of any kind. It more often defers ("permanently deferred",
# 421 [TS03]); that a block is a refusal is an assumption.
_BLOCKED = {
    Replies.GMAIL: Reply(
        550,
        "5.7.1",
        "[{ip}] Our system has detected that this message is likely suspicious due to the very low "
        "reputation of the sending IP address. To best protect our users from spam, the message "
        "has been blocked. Please visit https://support.google.com/mail/answer/188131 for more "
        "information. - gsmtp",
    ),
    Replies.OUTLOOK: Reply(
        550,
        "5.7.1",
        "Unfortunately, messages from [{ip}] weren't sent. Please contact your Internet service "
        "provider since part of their network is on our block list (S3140). You can also refer "
        "your provider to http://mail.live.com/mail/troubleshooting.aspx#errors.",
    ),
    Replies.YAHOO: Reply(
        554,
        "5.7.9",
        "Message not accepted for policy reasons. See https://postmaster.yahooinc.com/error-codes",
    ),
    Replies.MICROSOFT_365: _M365_REJECTED,
}
# Unconfirmed wordings, for destinations without words of their own.
_UNNAMED_THROTTLED = Reply(421, "4.7.0", "Mail from {ip} is rate limited, please try again later")
_UNNAMED_BLOCKED = Reply(550, "5.7.1", "Mail from {ip} is blocked for its reputation")

_GMAIL_UNKNOWN = Reply(
    550,
    "5.1.1",
    "The email account that you tried to reach does not exist. Please try double-checking the "
    "recipient's email address for typos or unnecessary spaces. Learn more at "
    "https://support.google.com/mail/?p=NoSuchUser - gsmtp",
)
_UNKNOWN = Reply(550, "5.1.1", "Recipient address rejected: User unknown")  # Postfix, shortened


def deferral(replies: Replies) -> Reply:
    """Return the reply to a message that a destination defers."""
    return DEFERRALS.get(replies, TRY_AGAIN_LATER)


def refusal(replies: Replies, zone: str, action: str, *, of_domain: bool = False) -> Reply:
    """Return the reply to mail from an IP, or of a sender domain, on a blocklist.

    Parameters
    ----------
    replies : Replies
        Whose wording the destination has.
    zone : str
        DNS zone of the blocklist; "" if it has none.
    action : str
        `refusal_action` of the destination: "reject", "defer", or "score", which accepts and junks.
    of_domain : bool
        Whether the list has domains in the place of IPs.
    """
    if action == "score":
        return ACCEPTED
    if of_domain:
        return _domain_refusal(replies, zone, action)
    if action == "defer":
        return _PROVIDER_LATER.get(replies) or Reply(450, "4.7.1", _blocked_using(zone))
    return _rejected_by_provider(replies, zone) or Reply(554, "5.7.1", _blocked_using(zone))


def _domain_refusal(replies: Replies, zone: str, action: str) -> Reply:
    if action == "defer":
        return Reply(450, "4.7.1", _sender_blocked_using(zone))
    of_provider = _SENDER_REJECTED.get(replies) if zone == _DBL else None
    return of_provider or Reply(554, "5.7.1", _sender_blocked_using(zone))


def _rejected_by_provider(replies: Replies, zone: str) -> Reply | None:
    if replies is Replies.MICROSOFT_365 and zone:
        return _M365_REJECTED
    return _REJECTED_FOR_ZEN.get(replies) if zone == _ZEN else None


def throttled(replies: Replies) -> Reply:
    """Return the reply to mail above the rate limit of a throttled IP.

    This reply and `cold` close the connection, also where the code is not 421 (assumption).
    """
    return _THROTTLED.get(replies, _UNNAMED_THROTTLED)


def cold(replies: Replies) -> Reply:
    """Return the reply to mail above the rate limit of a new IP."""
    return _COLD.get(replies, _UNNAMED_THROTTLED)


def blocked(replies: Replies) -> Reply:
    """Return the reply to mail of an IP that the provider blocks."""
    return _BLOCKED.get(replies, _UNNAMED_BLOCKED)


def unknown_user(replies: Replies) -> Reply:
    """Return the reply to a recipient that does not exist."""
    return _GMAIL_UNKNOWN if replies is Replies.GMAIL else _UNKNOWN
