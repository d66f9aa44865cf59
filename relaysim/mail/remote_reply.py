"""What destinations answer; `{ip}` is the address that the mail came from.

"Seen" means that a public log, ticket or page has the text word for word.
"""

from collections.abc import Mapping
from types import MappingProxyType

from relaysim.mail.blocklists import ZONES
from relaysim.mail.reply import Reply

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

_PROVIDER_LATER = {"gmail": _GMAIL_LATER, "outlook": _OUTLOOK_LATER, "yahoo": _YAHOO_LATER}

DEFERRALS: Mapping[str, Reply] = MappingProxyType(
    {
        **_PROVIDER_LATER,
        "m365-business": _M365_LATER,
        # Unconfirmed wording of a greylisting Postfix.
        "small-business-gateway": Reply(
            450, "4.2.0", "Recipient address rejected: Greylisted, please try again later"
        ),
    }
)
"""The reply to a message that is put off, by destination profile; others: `TRY_AGAIN_LATER`."""

_ZEN = ZONES["spamhaus-css"]
_UNNAMED = "Service unavailable; Client host [{ip}] blocked"


def _blocked_using(zone: str) -> str:
    """Postfix's default form, seen for ZEN."""
    link = "; https://www.spamhaus.org/query/ip/{ip}" if zone == _ZEN else ""
    return f"{_UNNAMED} using {zone}{link}"


_REJECTED = {zone: Reply(554, "5.7.1", _blocked_using(zone)) for zone in ZONES.values()}
_DEFERRED = {zone: Reply(450, "4.7.1", _blocked_using(zone)) for zone in ZONES.values()}
_UNNAMED_REJECTED = Reply(554, "5.7.1", _UNNAMED)
_UNNAMED_DEFERRED = Reply(450, "4.7.1", _UNNAMED)

# Large providers have their own words; outlook's and yahoo's for Spamhaus were seen at MAIL FROM.
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
_REJECTED_BY_PROVIDER = {
    ("outlook", _ZEN): _OUTLOOK_REJECTED,
    ("yahoo", _ZEN): _YAHOO_REJECTED,
    **{("m365-business", zone): _M365_REJECTED for zone in _REJECTED},
}

# What comes of a provider's own opinion. Seen, if nothing else is said.
_THROTTLED = {
    "gmail": _GMAIL_LATER,
    "outlook": Reply(
        421,
        "",
        "RP-001 The mail server IP connecting to Windows Live Hotmail server has exceeded the rate "
        "limit allowed. Reason for rate limitation is related to IP/domain reputation problems.",
    ),
    "yahoo": _YAHOO_LATER,
    "m365-business": _M365_LATER,
}
_COLD = {
    **_THROTTLED,
    "gmail": Reply(
        421,
        "4.7.0",
        "[{ip}] Our system has detected that this message is suspicious due to the very low "
        "reputation of the sending IP address. To protect our users from spam, mail sent from your "
        "IP address has been temporarily rate limited. Please visit "
        "https://support.google.com/mail/answer/188131 for more information. - gsmtp",
    ),
    "outlook": _OUTLOOK_LATER,
}
# Yahoo's is what it says for policy of any kind. It rather defers for ever ("permanently deferred",
# 421 [TS03]); that a block is a refusal is an assumption.
_BLOCKED = {
    "gmail": Reply(
        550,
        "5.7.1",
        "[{ip}] Our system has detected that this message is likely suspicious due to the very low "
        "reputation of the sending IP address. To best protect our users from spam, the message "
        "has been blocked. Please visit https://support.google.com/mail/answer/188131 for more "
        "information. - gsmtp",
    ),
    "outlook": Reply(
        550,
        "5.7.1",
        "Unfortunately, messages from [{ip}] weren't sent. Please contact your Internet service "
        "provider since part of their network is on our block list (S3140). You can also refer "
        "your provider to http://mail.live.com/mail/troubleshooting.aspx#errors.",
    ),
    "yahoo": Reply(
        554,
        "5.7.9",
        "Message not accepted for policy reasons. See https://postmaster.yahooinc.com/error-codes",
    ),
    "m365-business": _M365_REJECTED,
}
# Unconfirmed wordings, for profiles without words of their own.
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


def deferral(destination: str) -> Reply:
    """The reply to a message that a destination of this profile puts off."""
    return DEFERRALS.get(destination, TRY_AGAIN_LATER)


def refusal(destination: str, blocklist: str, action: str) -> Reply:
    """The reply to mail from a listed IP.

    `destination` and `blocklist` are profiles, `action` is that of the destination's
    `refusal_action`: "reject", "defer", or "score", which accepts and junks.
    """
    if action == "score":
        return ACCEPTED
    zone = ZONES.get(blocklist, "")
    if action == "defer":
        return _PROVIDER_LATER.get(destination) or _DEFERRED.get(zone, _UNNAMED_DEFERRED)
    own = _REJECTED_BY_PROVIDER.get((destination, zone))
    return own or _REJECTED.get(zone, _UNNAMED_REJECTED)


def throttled(destination: str) -> Reply:
    """The reply to mail above the rate that a provider of this profile grants a bad reputation.

    This and `cold` are taken to close the connection, also where the code is not 421: an
    assumption.
    """
    return _THROTTLED.get(destination, _UNNAMED_THROTTLED)


def cold(destination: str) -> Reply:
    """The reply to mail above the rate that a provider of this profile grants a new IP."""
    return _COLD.get(destination, _UNNAMED_THROTTLED)


def blocked(destination: str) -> Reply:
    """The reply to mail that a provider of this profile refuses for its own opinion of the IP."""
    return _BLOCKED.get(destination, _UNNAMED_BLOCKED)


def unknown_user(destination: str) -> Reply:
    """The reply to a recipient that a destination of this profile does not have."""
    return _GMAIL_UNKNOWN if destination == "gmail" else _UNKNOWN
