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

# Seen; all three come for volume and reputation too.
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

_PROVIDER_LATER = {"gmail": _GMAIL_LATER, "outlook": _OUTLOOK_LATER, "yahoo": _YAHOO_LATER}

DEFERRALS: Mapping[str, Reply] = MappingProxyType(
    {
        **_PROVIDER_LATER,
        # Unconfirmed wordings, of Exchange Online and of a greylisting Postfix.
        "m365-business": Reply(451, "4.7.500", "Server busy. Please try again later from [{ip}]."),
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
