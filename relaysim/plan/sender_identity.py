"""The sender of a stream as receivers see it: its domains, their records, and who signs."""

from dataclasses import dataclass

from relaysim.mail.address import domain_of
from relaysim.mail.authentication import Dmarc, Identity, identity
from relaysim.mail.registered_domain import registered_domain
from relaysim.scenario.culprit import is_bulk_mail
from relaysim.scenario.model import Scenario
from relaysim.scenario.sender_domain import SenderDomain

_PASSES = SenderDomain()


@dataclass(frozen=True, slots=True)
class SenderIdentity:
    """What receivers check of a stream.

    Parameters
    ----------
    of : Identity
        Its domains.
    spf : tuple of str or None
        The public IPs in the SPF record of MAIL FROM; None for all.
    signers : tuple of str or None
        The hosts, hubs and relay services that sign its mail; None if it is always signed.
    bulk_sender : bool
        Whether providers know its registered domain as a bulk sender from the start.
    unsubscribe : bool
        Whether its mail has one-click unsubscribe, or is not bulk mail.
    """

    of: Identity
    spf: tuple[str, ...] | None
    signers: tuple[str, ...] | None
    bulk_sender: bool
    unsubscribe: bool

    @property
    def passes(self) -> bool:
        """Whether it passes all checks of domains and headers, wherever it comes from."""
        signed = self.spf is None and self.signers is None and self.of.dmarc != Dmarc.MISSING
        return signed and self.unsubscribe


def sender_identity(scenario: Scenario, host: str, stream: str) -> SenderIdentity:
    """Return the sender of a stream. Mail of the null sender without a From header passes."""
    table = scenario.hosts[host].streams[stream]
    mail_from = domain_of(table.sender)
    header = mail_from if table.header_from is None else domain_of(table.header_from)
    records, keys = _records(scenario, mail_from), _records(scenario, header)
    return SenderIdentity(
        identity(mail_from, header, Dmarc[keys.dmarc.upper()]),
        records.spf,
        keys.dkim,
        _is_bulk_sender(scenario, header),
        table.one_click_unsubscribe or not is_bulk_mail(scenario.hosts[host], table),
    )


def _is_bulk_sender(scenario: Scenario, domain: str) -> bool:
    """Return whether one of the domains of a registered domain is a bulk sender."""
    primary = registered_domain(domain)
    tables = scenario.sender_domains.items()
    return any(of.bulk_sender for name, of in tables if registered_domain(name) == primary)


def _records(scenario: Scenario, domain: str) -> SenderDomain:
    """Return the table of a domain, or else that of its registered domain."""
    tables = scenario.sender_domains
    return tables.get(domain) or tables.get(registered_domain(domain)) or _PASSES
