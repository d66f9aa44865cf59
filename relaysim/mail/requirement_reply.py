"""Replies to mail that lacks what a receiver requires; `{domain}` is that in the From header.

"Seen" means that a public log, ticket or page of the provider has the text word for word; long
texts end before their links.
"""

from collections.abc import Mapping

from relaysim.mail.authentication import Missing
from relaysim.mail.remote_reply import Replies
from relaysim.mail.reply import Reply

_LIMITED = "Your email has been rate limited because"
_BLOCKED = "This message was blocked because"
_BULK = "Gmail requires all bulk email senders to"

# Seen in Google's FAQ on its sender guidelines, but for those of alignment and DMARC record with
# 5xx, which are unconfirmed.
_GMAIL: Mapping[Missing, tuple[Reply, Reply]] = {
    Missing.AUTHENTICATION: (
        Reply(
            421,
            "4.7.26",
            f"{_LIMITED} it is unauthenticated. Gmail requires all senders to authenticate with "
            "either SPF or DKIM. - gsmtp",
        ),
        Reply(
            550,
            "5.7.26",
            "This mail has been blocked because the sender is unauthenticated. Gmail requires all "
            "senders to authenticate with either SPF or DKIM. Authentication results: DKIM = did "
            "not pass SPF [{domain}] with ip: [{ip}] = did not pass - gsmtp",
        ),
    ),
    Missing.REJECT_POLICY: (
        Reply(421, "4.7.0", "This message does not have authentication information. - gsmtp"),
        Reply(
            550,
            "5.7.26",
            "Unauthenticated email from {domain} is not accepted due to domain's DMARC policy. "
            "Please contact the administrator of {domain} domain if this was a legitimate mail. - "
            "gsmtp",
        ),
    ),
    Missing.SPF: (
        Reply(
            421,
            "4.7.27",
            f"{_LIMITED} SPF authentication didn't pass for this message. {_BULK} authenticate "
            "their email with SPF. Authentication results: SPF {domain} with IP address: {ip} = "
            "Did not pass. - gsmtp",
        ),
        Reply(
            550,
            "5.7.27",
            f"{_BLOCKED} it didn't pass SPF authentication. Gmail requires bulk email senders to "
            "authenticate their email with SPF. Authentication results: SPF with {ip} = did not "
            "pass - gsmtp",
        ),
    ),
    Missing.DKIM: (
        Reply(
            421,
            "4.7.30",
            f"{_LIMITED} DKIM authentication didn't pass for this message. Gmail requires all "
            "email bulk senders to authenticate their email with DKIM. Authentication results: "
            "DKIM = Did not pass. - gsmtp",
        ),
        Reply(
            550,
            "5.7.30",
            f"{_BLOCKED} it didn't pass DKIM authentication. Gmail requires bulk email senders to "
            "authenticate their email with DKIM. Authentication results: DKIM = did not pass - "
            "gsmtp",
        ),
    ),
    Missing.ALIGNMENT: (
        Reply(
            421,
            "4.7.32",
            f"{_LIMITED} the From: header (RFC5322) in this message isn't aligned with either the "
            "authenticated SPF or DKIM organizational domain. - gsmtp",
        ),
        Reply(
            550,
            "5.7.32",
            f"{_BLOCKED} the From: header (RFC5322) in this message isn't aligned with either the "
            "authenticated SPF or DKIM organizational domain. - gsmtp",
        ),
    ),
    Missing.DMARC_RECORD: (
        Reply(
            421,
            "4.7.31",
            f"{_LIMITED} the sending domain doesn't have a DMARC record, or the DMARC record "
            f"doesn't specify a DMARC policy. {_BULK} add a DMARC record to their sending domain. "
            "- gsmtp",
        ),
        Reply(
            550,
            "5.7.40",
            f"{_BLOCKED} the sending domain doesn't have a DMARC record, or the DMARC record "
            "doesn't specify a DMARC policy. - gsmtp",
        ),
    ),
    Missing.PTR: (
        Reply(
            421,
            "4.7.23",
            "The sending IP address for this message doesn't have a PTR record, or the PTR "
            "record's forward DNS entry doesn't match the sending IP address. To protect users "
            "from spam, your email has been temporarily rate limited. - gsmtp",
        ),
        Reply(
            550,
            "5.7.25",
            f"{_BLOCKED} the sending IP address doesn't have a PTR record, or the forwarding DNS "
            "entry doesn't reference the sending IP address. Gmail requires that sending IP "
            "addresses have a PTR record. - gsmtp",
        ),
    ),
    Missing.TLS: (
        Reply(
            421,
            "4.7.29",
            f"{_LIMITED} you're not using a TLS connection. {_BULK} use TLS/SSL for SMTP "
            "connections. - gsmtp",
        ),
        Reply(
            550,
            "5.7.29",
            f"{_BLOCKED} it wasn't sent over a TLS connection. {_BULK} use TLS/SSL for SMTP "
            "connections. - gsmtp",
        ),
    ),
    # Not seen: Google refuses and junks no mail for it.
    Missing.ONE_CLICK_UNSUBSCRIBE: (
        Reply(421, "4.7.0", f"{_LIMITED} it has no one-click unsubscribe. - gsmtp"),
        Reply(550, "5.7.1", f"{_BLOCKED} it has no one-click unsubscribe. - gsmtp"),
    ),
}

_TSS04 = Reply(
    421,
    "4.7.0",
    "[TSS04] Messages from {ip} temporarily deferred due to unexpected volume or user complaints - "
    "4.16.55.1; see https://postmaster.yahooinc.com/error-codes",
)
_UNAUTHENTICATED = (
    "This mail has been blocked because the sender is unauthenticated. Yahoo requires"
)
# Seen: the first two. Yahoo has no other texts for what its rules ask for.
_YAHOO = {
    Missing.AUTHENTICATION: Reply(
        550, "5.7.9", f"{_UNAUTHENTICATED} all senders to authenticate with either SPF or DKIM."
    ),
    Missing.DKIM: Reply(
        550,
        "5.7.9",
        f"{_UNAUTHENTICATED} this sender to authenticate with DKIM. SPF alone is not sufficient.",
    ),
}
_YAHOO_POLICY = Reply(
    554,
    "5.7.9",
    "Message not accepted for policy reasons. See https://postmaster.yahooinc.com/error-codes",
)

_OUTLOOK_LATER = Reply(
    451,
    "4.7.650",
    "The mail server [{ip}] has been temporarily rate limited due to IP reputation. For e-mail "
    "delivery information, see https://aka.ms/postmaster (S775)",
)
# Seen; of a rejection by policy Microsoft's list of NDR codes has the text.
_OUTLOOK = Reply(
    550,
    "5.7.515",
    "Access denied, sending domain {domain} does not meet the required authentication level.",
)
_DMARC_FAILS = Reply(
    550,
    "5.7.509",
    "Access denied, sending domain {domain} does not pass DMARC verification and has a DMARC "
    "policy of reject.",
)
_M365_LATER = Reply(451, "4.7.500", "Server busy. Please try again later from [{ip}].")

# Postfix and its policy services; the texts of policies are shortened, those with 4xx unconfirmed.
_POSTFIX: Mapping[Missing, tuple[str, str]] = {
    Missing.PTR: (".7.25", "Client host rejected: cannot find your reverse hostname, [{ip}]"),
    Missing.TLS: (".7.0", "Must issue a STARTTLS command first"),
    Missing.SPF: (".7.23", "Message rejected due to: SPF fail - not authorized"),
    Missing.DKIM: (".7.20", "No valid DKIM signature found"),
    Missing.DMARC_RECORD: (".7.1", "The domain {domain} has no DMARC record"),
    Missing.ONE_CLICK_UNSUBSCRIBE: (".7.1", "Bulk mail without one-click unsubscribe"),
}
_POSTFIX_DMARC = (".7.1", "rejected by DMARC policy for {domain}")


def requirement_reply(replies: Replies, lacking: Missing, permanent: bool) -> Reply:
    """Return the reply to mail that lacks something.

    Parameters
    ----------
    replies : Replies
        Whose wording the destination has.
    lacking : Missing
        One of the members.
    permanent : bool
        Whether the reply refuses the mail; otherwise it defers it.
    """
    match replies:
        case Replies.GMAIL:
            pair = _GMAIL.get(lacking, _GMAIL[Missing.REJECT_POLICY])
            return pair[permanent]
        case Replies.YAHOO:
            return _YAHOO.get(lacking, _YAHOO_POLICY) if permanent else _TSS04
        case Replies.OUTLOOK:
            policy = lacking is Missing.REJECT_POLICY
            refusal = _DMARC_FAILS if policy else _OUTLOOK
            return refusal if permanent else _OUTLOOK_LATER
        case Replies.MICROSOFT_365:
            return _DMARC_FAILS if permanent else _M365_LATER
    status, text = _POSTFIX.get(lacking, _POSTFIX_DMARC)
    return Reply(550, f"5{status}", text) if permanent else Reply(450, f"4{status}", text)
