"""The scenario: the content of a scenario file, checked and with every default filled in."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated, Any, Self

from immutabledict import immutabledict
from pydantic import (
    BeforeValidator,
    Field,
    ModelWrapValidatorHandler,
    ValidationInfo,
    field_validator,
    model_validator,
)

from relaysim import units
from relaysim.mail.domains import AcceptedDomainType, parse_domain_type, parse_pattern
from relaysim.profiles.collection import BUILT_IN, Collection
from relaysim.profiles.kind import Kind
from relaysim.scenario.blocklist import Blocklist
from relaysim.scenario.connector import SendConnector
from relaysim.scenario.destination import Destination
from relaysim.scenario.distribution import TimeLaw
from relaysim.scenario.event import Event
from relaysim.scenario.host import Host
from relaysim.scenario.hub import Hub
from relaysim.scenario.load_balancer import LoadBalancer
from relaysim.scenario.operations import Coupling, Operations
from relaysim.scenario.pool import Pool
from relaysim.scenario.relay import Relay
from relaysim.scenario.run_end import LONGEST, USUAL
from relaysim.scenario.sender_domain import DomainName, SenderDomain
from relaysim.scenario.table import (
    DAY,
    Address,
    AddressName,
    Bandwidth,
    Duration,
    Keyed,
    Lasting,
    Many,
    Named,
    Table,
)
from relaysim.scenario.warm_up_plan import WarmUpPlan


def _network(value: object) -> IPv4Network | IPv6Network:
    try:
        return ip_network(str(value))
    except ValueError as error:
        raise ValueError(
            f'"{value}" is not a block of addresses ({error}): write one such as "198.51.100.8/29"'
        ) from None


def _time_or_auto(value: object) -> object:
    """Return the text if it is a duration or "auto". Raises ValueError."""
    try:
        units.duration(value)
    except ValueError as error:
        raise ValueError(f'{error} (or "{AUTO}")') from None
    return value


_LAST_YEAR = 9900
"""Latest year of a start: a run and the axes of its figures end before the year 9999."""
AUTO = "auto"
"""The word for a warm-up that a study is to find."""


class Run(Table):
    """Start, length and number of runs.

    Messages are created for `duration`; then the run lasts at most `drain` longer. Nothing is
    counted before `warm_up`. Where the file says "auto" it is 0 and `warm_up_auto` true until
    `relaysim.study.warm_up.settle` has found it.
    """

    start: datetime = datetime(2010, 3, 1)  # noqa: DTZ001 -- local time of the organization
    """The first moment, in local time; weekday and hour decide what a profile gives."""
    duration: Lasting = DAY
    """How long messages are created."""
    drain: Duration = USUAL
    """How long what is left may go on arriving afterwards; nothing new is created.

    A recipient is judged if it was created at least its deadline before the end of the run, so a
    drain below the largest deadline leaves the last ones out of `on_time` and of latency quantiles.
    """
    warm_up: Annotated[Duration, BeforeValidator(_time_or_auto)] = 0
    """What is created before it is not counted; "auto" has it found by MSER-5."""
    scale: Annotated[float, Field(gt=0.0, le=1000.0)] = 1.0
    """Multiplies all mail but replayed streams: rates, and the messages of campaigns.

    Cores, connections, lines and mailing lists stay as they are.
    """
    bad_day_below: Annotated[float, Field(gt=0.0, le=1.0)] = 0.95
    """A day is bad for a class if a smaller share of its judged recipients is on time.

    Days are 24 h from the start of the run. The default is an assumption.
    """
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 1
    """Decides all chance, together with the number of the replication."""
    replications: Annotated[int, Field(ge=1, le=100_000)] = 30
    """Independent repetitions of the run."""
    # No field: the word is another value of warm_up, and a file has no other key for it.
    _auto: bool = False

    @model_validator(mode="wrap")
    @classmethod
    def _may_be_found(cls, value: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        auto = isinstance(value, Mapping) and value.get("warm_up") == AUTO
        run = handler({**value, "warm_up": "0 s"} if auto else value)
        run._auto = run._auto or auto
        return run

    @field_validator("start")
    @classmethod
    def _is_local(cls, start: datetime) -> datetime:
        if start.tzinfo is not None:
            raise ValueError("write the local time of the organization, without an offset")
        if start.year > _LAST_YEAR:
            raise ValueError(f"must not lie after the year {_LAST_YEAR}: calendars end in 9999")
        return start

    @field_validator("duration", "drain")
    @classmethod
    def _ends(cls, length: int) -> int:
        if length > LONGEST:
            raise ValueError("must not exceed ten years")
        return length

    @field_validator("warm_up")
    @classmethod
    def _leaves_something(cls, warm_up: int, info: ValidationInfo) -> int:
        # A duration that is wrong itself is absent: no second problem follows.
        if warm_up >= info.data.get("duration", warm_up + 1):
            raise ValueError("must be shorter than duration")
        return warm_up

    @property
    def warm_up_auto(self) -> bool:
        """Return whether the warm-up is still to be found."""
        return self._auto

    def with_warm_up(self, warm_up: int) -> Self:
        """Return the same run with this warm-up, microseconds.

        Raises ValueError if it leaves nothing.
        """
        if not 0 <= warm_up < self.duration:
            raise ValueError("the warm-up must be shorter than duration")
        run = self.model_copy(update={"warm_up": warm_up})
        run._auto = False
        return run

    @property
    def horizon(self) -> int:
        """Return the end of the run, microseconds."""
        return self.duration + self.drain


class Organization(Table):
    """The accepted domains and their types."""

    domains: Annotated[
        Keyed[
            Annotated[str, BeforeValidator(parse_pattern)],
            Annotated[AcceptedDomainType, BeforeValidator(parse_domain_type)],
        ],
        Field(min_length=1),
    ]
    """Domains that the organization receives mail for, each with its type."""


class Line(Table):
    """An Internet line."""

    bandwidth: Bandwidth
    """What can be sent at a time, shared by all that use the line."""


class Egress(Table):
    """A public IP that hubs send from, with its allocation.

    It uses a `line`, or has its own with this `bandwidth`; with neither its bandwidth is unlimited.
    """

    line: str | None = None
    """The line that its mail takes, which other addresses may share."""
    bandwidth: Bandwidth = None
    """A line of its own with this bandwidth, instead of `line`."""
    allocation: Annotated[IPv4Network | IPv6Network, BeforeValidator(_network)] | None = None
    """The block of addresses that it belongs to, which a list may widen a listing to."""
    asn: Annotated[int, Field(ge=1, lt=2**32)] | None = None
    """The autonomous system that it belongs to, which a list may widen a listing to."""
    age: Duration = 0
    """How long it has sent mail before the run; providers are wary of a new IP."""
    ptr: bool = True
    """Whether it has a PTR record to a host name that has this address."""

    @field_validator("bandwidth")
    @classmethod
    def _one_line(cls, bandwidth: int | None, info: ValidationInfo) -> int | None:
        if info.data.get("line") is not None:
            raise ValueError("bandwidth makes a line of its own: write either line or bandwidth")
        return bandwidth


class Mailboxes(Table):
    """Delivery to the mailbox server, and which hubs the users' mail is submitted to."""

    delivery_time: TimeLaw
    """How long the mailbox server takes to store a message."""
    site: str | None = None
    """The Active Directory site of the mailbox server; needed where hubs are in several sites.

    Front ends proxy messages with a mailbox among the first 20 recipients to hubs of this site.
    """
    submission_server_override_list: Many[str] = ()
    """The hubs that take the users' mail; without it all of the site."""


class Scenario(Table):
    """A relay design and its workload. Load one with `relaysim.load(path)`."""

    def __repr_args__(self) -> Iterator[tuple[str, str]]:
        """Return its name alone: the whole scenario would fill pages."""
        yield "name", self.name

    name: Annotated[str, Field(min_length=1)]
    """What results call the design; the name of the file unless it is written."""
    title: str = ""
    """One line that describes the design."""
    run: Run = Run()
    """When, how long and how often."""
    organization: Organization
    """The accepted domains."""
    dns: Named[Annotated[Many[Address], Field(min_length=1)]] = Field(default_factory=immutabledict)
    """Names by which hosts find hubs, each with its addresses, tried in turn."""
    hubs: Named[Hub] = Field(default_factory=immutabledict)
    """Hub Transport servers by name; none where all hosts submit to relay services."""
    load_balancers: Named[LoadBalancer] = Field(default_factory=immutabledict)
    """Load balancers in front of hubs, by the name that hosts have as `server`."""
    send_connectors: Named[SendConnector] = Field(default_factory=immutabledict)
    """Send connectors by name."""
    lines: Named[Line] = Field(default_factory=immutabledict)
    """Internet lines by name."""
    egress: Annotated[Keyed[AddressName, Egress], Field(min_length=1)]
    """Public IPs that hubs send from, by address."""
    pools: Named[Pool] = Field(default_factory=immutabledict)
    """Pools of public IPs by name, which hubs have as `egress`."""
    warm_up_plans: Named[WarmUpPlan] = Field(default_factory=immutabledict)
    """Warm-up plans of new public IPs, by name."""
    sender_domains: Keyed[DomainName, SenderDomain] = Field(default_factory=immutabledict)
    """Domains that streams send from, with their SPF and DMARC records and their DKIM keys."""
    mailboxes: Mailboxes
    """The mailbox server."""
    hosts: Annotated[Named[Host], Field(min_length=1)]
    """Machines that submit mail, by name."""
    destinations: Named[Destination] = Field(default_factory=immutabledict)
    """Classes of receiving domains, by name."""
    relays: Named[Relay] = Field(default_factory=immutabledict)
    """Relay services that hubs use as smart hosts, by name."""
    blocklists: Named[Blocklist] = Field(default_factory=immutabledict)
    """Blocklist operators by name."""
    operations: Operations
    """How the administrator notices a listing and reacts."""
    coupling: Coupling = Coupling()
    """Which ways of harm are open."""
    events: Many[Event] = ()
    """What happens at chosen times."""

    # No field: profiles are no part of what the file says, and their defaults are filled in.
    _profiles: Collection = BUILT_IN

    @property
    def profiles(self) -> Collection:
        """Return the profiles that it names, with the source of each default."""
        return self._profiles

    @property
    def answering(self) -> Mapping[str, Destination | Relay]:
        """Return what answers the hubs outside: destinations and relay services, by name."""
        return {**self.destinations, **self.relays}

    @property
    def senders(self) -> Mapping[str, Hub | Relay]:
        """Return what sends to receivers: hubs and relay services, by name."""
        return {**self.hubs, **self.relays}

    def with_profiles(self, collection: Collection) -> Self:
        """Return the scenario with those profiles of a collection that it names."""
        used = [
            *((Kind.MTA, hub.mta) for hub in self.hubs.values()),
            *((Kind.HOST, host.kind) for host in self.hosts.values()),
            *(
                (Kind.DESTINATION, destination.profile)
                for destination in self.destinations.values()
            ),
            *((Kind.BLOCKLIST, blocklist.profile) for blocklist in self.blocklists.values()),
            *((Kind.RELAY, relay.profile) for relay in self.relays.values()),
        ]
        scenario = self.model_copy()
        scenario._profiles = collection.only(used)
        return scenario
