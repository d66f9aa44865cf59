"""The check of authentication, PTR records and TLS: what receivers will do with mail without."""

from collections.abc import Iterator

from relaysim.analysis.unauthenticated_mail import Lacking, lacking_mail
from relaysim.audit.finding import Finding, Severity
from relaysim.mail.authentication import OF_BULK, Missing
from relaysim.mail.registered_domain import registered_domain
from relaysim.mail.requirement_reply import requirement_reply
from relaysim.plan.requirement_compiler import requirements
from relaysim.scenario.destination import Destination
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import dotted
from relaysim.wording import listed, share

_WORDS = {
    Missing.SPF: "SPF",
    Missing.DKIM: "DKIM",
    Missing.ALIGNMENT: "alignment with its From header",
    Missing.DMARC_RECORD: "a DMARC record",
    Missing.PTR: "a PTR record",
    Missing.TLS: "TLS",
    Missing.ONE_CLICK_UNSUBSCRIBE: "one-click unsubscribe",
}
_BY_DOMAIN = Missing.SPF | Missing.DKIM | Missing.ALIGNMENT
_OF_DOMAIN = (
    Missing.AUTHENTICATION | Missing.REJECT_POLICY | Missing.QUARANTINE_POLICY | Missing.ALIGNMENT
)


def unauthenticated(scenario: Scenario) -> Iterator[Finding]:
    """Mail lacks SPF, DKIM, DMARC, a PTR record, TLS or unsubscribe, and a receiver requires it."""
    for lacking, unmet in lacking_mail(scenario).items():
        named = _named(lacking.missing, unmet)
        words = listed(word for each, word in _WORDS.items() if each & named)
        effects = [
            f"{name} {listed(_effects(scenario.destinations[name], lacking, missed))}"
            for name, missed in unmet.items()
        ]
        yield Finding(
            Severity.WARNING,
            lacking.path.place,
            f"{lacking.path.name} comes from {lacking.ip} without {words}. {'; '.join(effects)}.",
            " ".join(_fixes(scenario, lacking, named)),
        )


def _effects(destination: Destination, lacking: Lacking, missed: list[Missing]) -> Iterator[str]:
    """Yield what a destination does with mail, by each requirement that is not met."""
    known = requirements(destination)
    unmet = {each: known[each] for each in missed}
    refuses = _replies({each: of.refuse for each, of in unmet.items()})
    for each, part in refuses.items():
        reply = _reply(destination, lacking, each, permanent=True)
        yield f"refuses {share(part)} {reply}{_threshold(destination, lacking, [each])}"
    refused = max((of.refuse for of in unmet.values()), default=0.0)
    others = " of the others" if refused else ""
    for each, part in _replies({each: of.defer for each, of in unmet.items()}).items():
        if refused < 1:
            reply = _reply(destination, lacking, each, permanent=False)
            when = _threshold(destination, lacking, [each])
            yield f"defers {share(part)} of the attempts{others} {reply}{when}"
    junked = max((of.refuse + of.junk for of in unmet.values()), default=0.0)
    if junked > refused:
        junking = [each for each, of in unmet.items() if of.refuse + of.junk > refused]
        yield f"junks {share(junked - refused)}{_threshold(destination, lacking, junking)}"


def _replies(shares: dict[Missing, float]) -> dict[Missing, float]:
    """Return the share of mail that gets the reply of each requirement.

    One draw decides about all of them, and the first one in order that it is below has the reply.
    """
    result, before = {}, 0.0
    for each, part in shares.items():
        if part > before:
            result[each], before = part - before, part
    return result


def _reply(destination: Destination, lacking: Lacking, each: Missing, permanent: bool) -> str:
    reply = requirement_reply(destination.properties.replies, each, permanent=permanent)
    text = reply.filled(ip=lacking.ip, domain=lacking.sender.of.domain).text
    return f'with {reply.code} {reply.enhanced} ("{text.partition(". ")[0].rstrip(".")}")'


def _threshold(destination: Destination, lacking: Lacking, unmet: list[Missing]) -> str:
    """Return from when on a destination wants what only bulk senders need."""
    most = destination.requires.bulk_from
    if not most or lacking.sender.bulk_sender or not all(each & OF_BULK for each in unmet):
        return ""
    domain = registered_domain(lacking.sender.of.domain)
    return f" once it has taken {most:,} recipients of {domain} in 24 h"


def _named(lacks: Missing, unmet: dict[str, list[Missing]]) -> Missing:
    """Return what mail lacks of what its receivers ask for."""
    asked = Missing(0)
    for missed in unmet.values():
        for each in missed:
            # What mends these is SPF, a signature or an aligned domain.
            asked |= each | _BY_DOMAIN if each & _OF_DOMAIN else each
    return lacks & asked


def _fixes(scenario: Scenario, lacking: Lacking, named: Missing) -> Iterator[str]:
    stream = scenario.hosts[lacking.path.host].streams[lacking.path.stream]
    mail_from, header = stream.sender.rpartition("@")[2], lacking.sender.of.domain
    if Missing.SPF & named:
        place = dotted(("sender_domains", mail_from, "spf"))
        yield f"Add {lacking.ip} to the SPF record of {mail_from} ({place})."
    if Missing.DKIM & named:
        place = dotted(("sender_domains", header, "dkim"))
        yield f"Sign the mail of {header} at {lacking.hub} ({place})."
    if Missing.ALIGNMENT & named and not Missing.DKIM & named:
        yield f"Send it with an address of {header} in MAIL FROM, or sign it for {header}."
    if Missing.DMARC_RECORD & named:
        place = dotted(("sender_domains", header, "dmarc"))
        yield f'Publish a DMARC record of {header}, at least p=none ({place} = "none").'
    if Missing.PTR & named:
        place = dotted(("egress", lacking.ip, "ptr"))
        yield f"Have the provider of the line set a PTR record for {lacking.ip} ({place} = true)."
    if Missing.TLS & named:
        place = dotted(("send_connectors", lacking.connector, "ignore_starttls"))
        yield f"Let {lacking.connector} use TLS ({place} = false)."
    if Missing.ONE_CLICK_UNSUBSCRIBE & named:
        place = f"{lacking.path.place}.one_click_unsubscribe"
        yield f"Add the header of RFC 8058 to the mail of {lacking.path.name} ({place} = true)."
