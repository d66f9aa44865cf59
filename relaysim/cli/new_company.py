"""The text of a first scenario: a company with servers, applications and a newsletter."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import resources
from string import Template

from relaysim.cli.application_kinds import KINDS
from relaysim.cli.application_table import Application, sender
from relaysim.scenario.problem import dotted
from relaysim.wording import counted

_SENT, _FROM_OUTSIDE = 20, 55
"""Messages a mailbox and working day in Microsoft's profile of 100 messages: 20 sent, 80 received
(Exchange 2010, mailbox server sizing). About 25 of the 80 are the colleagues' in the template."""
_CUSTOMERS = {"gmail": 0.3, "outlook": 0.15, "yahoo": 0.05, "business": 0.5}
"""Where mail of applications to the outside goes, as the invoices of the template (assumption)."""
_OWN_INTERNAL = {50: "SharePoint", 51: "antivirus", 52: "printer"}
_OWN_EXTERNAL = {60: "ERP"}
_MARKETING = 70
"""Last numbers of the addresses of the template's machines."""
_WIDTH = 120


@dataclass(frozen=True)
class Company:
    """What a first scenario describes.

    `newsletter` is the number of its readers, `mta` the profile of its `hubs` servers. Without
    `applications` it has those of the template.
    """

    mailboxes: int
    newsletter: int
    mta: str
    hubs: int = 1
    applications: tuple[Application, ...] = ()

    @property
    def servers(self) -> str:
        """Return how many servers there are, such as "one hub"."""
        return "one hub" if self.hubs == 1 else f"{self.hubs} hubs"


@dataclass(frozen=True)
class _Server:
    """A server. The first has the addresses .10 to .12 of the network, the second .110 to .112."""

    number: int
    network: str

    @property
    def name(self) -> str:
        return f"HUB{self.number + 1:02d}"

    def address(self, of: int) -> str:
        """Return an address: 0 for mail, 1 for internal and 2 for external relay."""
        return f"{self.network}.{10 * (self.number + 1) + (90 if self.number else 0) + of}"


class _Clients:
    """The addresses of the machines that write to colleagues only, and of those that relay."""

    def __init__(self, applications: Sequence[Application], network: str) -> None:
        own = {f"{network}.{last}": name for last, name in _OWN_INTERNAL.items()}
        relaying = {f"{network}.{last}": name for last, name in _OWN_EXTERNAL.items()}
        if applications:
            own = {each.address: each.name for each in applications if not each.outside}
            relaying = {each.address: each.name for each in applications if each.outside}
        self.internal, self.external = own, relaying
        self.external[f"{network}.{_MARKETING}"] = "marketing"


def company_text(name: str, company: Company) -> str:
    """Return the text of a scenario of this name."""
    network = _network(company.applications)
    servers = [_Server(number, network) for number in range(company.hubs)]
    clients = _Clients(company.applications, network)
    return _filled(
        "company",
        name=_toml(name),
        servers=company.servers.replace("hub", "Hub Transport server"),
        title=_toml(f"{company.servers.capitalize()}, one public IP"),
        network=network,
        mta=company.mta,
        dns=_dns(servers, clients),
        hubs="".join(_hub(server, company.mta, clients) for server in servers),
        names=_toml([server.name for server in servers]),
        applications=_applications(company.applications, network),
        mailboxes=counted(company.mailboxes, "mailbox", "mailboxes"),
        sent=_SENT,
        received=_FROM_OUTSIDE,
        outbound=company.mailboxes * _SENT,
        inbound=company.mailboxes * _FROM_OUTSIDE,
        newsletter=company.newsletter,
    )


def _dns(servers: Sequence[_Server], clients: _Clients) -> str:
    names = {"mail": 0, "internalrelay": 1, "externalrelay": 2}
    if not clients.internal:
        del names["internalrelay"]
    lines = [
        f"{name} = {_toml([server.address(of) for server in servers])}"
        for name, of in names.items()
    ]
    lines[0] = f"{lines[0]:<34} # yours: all addresses, here and below"
    return _filled("dns" if len(servers) == 1 else "dns-of-hubs", names="\n".join(lines))


def _hub(server: _Server, mta: str, clients: _Clients) -> str:
    """Return the tables of a server; comments stand at the first one."""
    from relaysim.profiles.collection import BUILT_IN
    from relaysim.profiles.kind import Kind
    from relaysim.profiles.properties import MtaProperties

    properties = BUILT_IN.profile(Kind.MTA, mta).properties
    assert isinstance(properties, MtaProperties)
    used = (0, 1, 2) if clients.internal else (0, 2)
    text = _filled(
        "hub",
        hub=server.name,
        mta=mta,
        room=" " * (27 - len(mta)),
        addresses=_toml([server.address(of) for of in used]),
    )
    text += _filled("front-end" if properties.front_end else "connectors", hub=server.name)
    for template, of, machines in (
        ("internal", 1, clients.internal),
        ("external", 2, clients.external),
    ):
        if machines:
            ranges = _ranges(machines)
            text += _filled(template, hub=server.name, address=server.address(of), ranges=ranges)
    if server.number:
        text = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE)
    return text


def _ranges(machines: dict[str, str]) -> str:
    """Return the line of a connector with the addresses of machines."""
    line = f"remote_ip_ranges = {_toml([*machines])}"
    line = f"{line:<58} # yours: {', '.join(machines.values())}"
    if len(line) <= _WIDTH:
        return line
    rows = (f"    {_toml(address) + ',':<18} # yours: {name}" for address, name in machines.items())
    return "\n".join(["remote_ip_ranges = [", *rows, "]"])


def _applications(applications: Sequence[Application], network: str) -> str:
    if not applications:
        return _filled("applications", network=network)
    head = (
        "# Applications, as in the table. Mail to the outside goes where that of customers goes;\n"
        "# sizes, weights and the shape of arrivals are those of the kind. This is assumed.\n"
    )
    return head + "".join(map(_application, applications))


def _application(application: Application) -> str:
    sent = KINDS[application.kind]
    outside = (
        {name: application.outside * share / 100 for name, share in _CUSTOMERS.items()}
        if application.outside
        else {}
    )
    to = {"internal": 1 - application.outside / 100} if application.outside < 100 else {}
    shares = ", ".join(
        f"{name} = {share:.6g}" if share < 1 else f"{name} = 1.0"
        for name, share in (to | outside).items()
    )
    return _filled(
        "application",
        host=dotted((application.name,)),
        kind=application.kind,
        address=application.address,
        server="externalrelay" if application.outside else "internalrelay",
        stream=sent.stream,
        mail_class=sent.mail_class,
        sender=sender(application.name),
        arrivals=sent.arrivals.format(rate=application.messages),
        size=sent.size,
        shares=shares,
        deadline=_toml(application.deadline),
        weight=sent.weight,
    )


def _network(applications: Iterable[Application]) -> str:
    """Return a network of the servers in which no application has its address."""
    used = {application.address.rpartition(".")[0] for application in applications}
    networks = (f"192.168.{number}" for number in range(10, 256))
    return next(network for network in networks if network not in used)


def _toml(value: str | Sequence[str]) -> str:
    """Return a text, or a list of texts, as TOML."""
    return json.dumps(value, ensure_ascii=False)


def _filled(template: str, **values: object) -> str:
    """Return a template with its places filled."""
    file = resources.files("relaysim.cli") / "templates" / f"{template}.toml"
    return Template(file.read_text(encoding="utf-8")).substitute(values)
