"""What an own hub and an own IP elsewhere are good for: no harm at all, row by row.

The culprit writes to a bought list, so lists and providers have much to say of its IP. The innocent
hub is seen by them too, a little. Then the conditions are undone, one at a time.
"""

from collections.abc import Iterator

import numpy as np
import pytest
from worlds.listing_world import SECOND, hub, stream, world

import relaysim
from relaysim.engine.coupled_runs import Coupled, coupled
from relaysim.profiles.collection import BUILT_IN
from relaysim.profiles.kind import Kind
from relaysim.scenario.model import Scenario
from relaysim.trace.columns import Column
from relaysim.trace.tables import Status, Trace
from relaysim.traffic.workload import draw

GOOD, ELSEWHERE, BESIDE = "198.51.100.10", "203.0.113.25", "198.51.100.11"
DEADLINE = 300 * SECOND
LISTS = [name for name in BUILT_IN.names(Kind.BLOCKLIST) if name not in ("none", "spamhaus-xbl")]
OF_IPS = {
    name
    for name in LISTS
    if BUILT_IN.profile(Kind.BLOCKLIST, name).table("blocklist").get("lists") is None
}
USED = ", ".join(f"{name} = 0.5" for name in LISTS)

WORLD = f"""
[run]
duration = "9 d"
drain = "3 d"

[coupling]
reaction = false
back_off = false

[send_connectors.internet]
source_transport_servers = ["HUB01", "HUB02"]

[destinations.sink]
profile = "gmail"
domain_count = 20
reputation = {{ least_inboxed = 100 }}
refuses_on = {{ {USED} }}
refusal_action = "reject"

[destinations.ms]
profile = "outlook"
domain_count = 2
refuses_on = {{ {USED} }}

[blocklists.spamhaus-sbl]
hazard_rate = "2/d"

[blocklists.uceprotect-3]
trap_share = 0.5
neighbour_rate = "0.01/d"
"""
"""Lists of all kinds, of which SBL is quick, and level 3 sees much and has strangers' hits too."""

MAIL = stream(
    "mail",
    'process = "poisson", rate = "300/d"',
    """
    trap_rate = 1e-3
    complaint_rate = 1e-3
    unknown_rate = 1e-2
    deadline = "5 min"
    """,
)


def egress(ip: str, allocation: str, asn: int, more: str) -> str:
    """Where an IP is, and by which line."""
    return f'[egress."{ip}"]\nallocation = "{allocation}"\nasn = {asn}\n{more}'


def news(domain: str = "bulk.example") -> str:
    """A campaign to a bought list every three days."""
    mail = 'process = "campaign", at = "9 h", messages = 800, rate = "20/s", every = "3 d"'
    bought = "{ trap_share = 0.1, complaint_rate = 1e-2, unknown_rate = 0.1 }"
    text = stream("news", mail, f"culprit = true\nmailing_list = {bought}", host="bulk")
    return text.replace("cozumpark.com", domain)


def design(
    ip: str = ELSEWHERE,
    allocation: str = "203.0.113.24/29",
    asn: int = 64501,
    domain: str = "bulk.example",
    line: str = 'bandwidth = "10 kbit/s"',
) -> Scenario:
    """Two hubs; the bulk hub's IP, where it is, the domain of its sender, and both hubs' line."""
    lists = [f'[blocklists.{name}]\nprofile = "{name}"' for name in LISTS]
    mail = MAIL + news(domain)
    return world(
        hub(1, "app", GOOD),
        hub(2, "bulk", ip),
        *lists,
        WORLD,
        egress(GOOD, "198.51.100.8/29", 64500, line),
        egress(ip, allocation, asn, line),
        mail.replace("{ sink = 1.0 }", "{ sink = 0.8, ms = 0.2 }"),
        '[lines.main]\nbandwidth = "10 kbit/s"',
        first="",
    )


def runs(scenario: Scenario, seed: int = 1) -> Coupled:
    """The three coupled runs."""
    return coupled(scenario, draw(scenario, 0, seed))


def innocent(trace: Trace) -> Column:
    """The rows of the innocent recipients."""
    number = trace.names.streams.index("app.mail")
    return np.flatnonzero(trace.messages["stream"][trace.recipients["message"]] == number)


def story(trace: Trace) -> Iterator[tuple[object, ...]]:
    """All that happened to the innocent mail, and to its IP, in names and times."""
    names, recipients, attempts = trace.names, trace.recipients, trace.attempts
    ours = innocent(trace)
    for row in ours.tolist():
        message = recipients["message"][row]
        yield (
            int(trace.messages["number"][message]),
            *(int(trace.messages[column][message]) for column in ("created", "committed")),
            names.domains[recipients["domain"][row]],
            int(recipients["end"][row]),
            Status(recipients["status"][row]),
            names.replies[recipients["reply"][row]],
        )
    first = trace.transactions["first_recipient"][attempts["transaction"]]
    for row in np.flatnonzero(np.isin(first, ours)).tolist():
        number = trace.messages["number"][recipients["message"][first[row]]]
        times = (int(attempts[column][row]) for column in ("enter", "start", "end"))
        yield int(number), *times, names.replies[attempts["reply"][row]]
    listings = trace.listings
    for row in np.flatnonzero(listings["egress"] == names.egress.index(GOOD)).tolist():
        times = (int(listings[column][row]) for column in ("start", "end", "cause"))
        yield names.blocklists[listings["blocklist"][row]], *times


def harm(trace: Trace) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Which innocent recipients did not arrive in time."""
    ours, recipients = innocent(trace), trace.recipients
    created = trace.messages["created"][recipients["message"][ours]]
    arrived = np.isin(recipients["status"][ours], (Status.DELIVERED, Status.JUNKED))
    return ~(arrived & (recipients["end"][ours] - created <= DEADLINE))


def lists_of(trace: Trace, ip: str) -> set[str]:
    """The lists that ever had an IP."""
    own = trace.listings["egress"] == trace.names.egress.index(ip)
    return {trace.names.blocklists[number] for number in trace.listings["blocklist"][own]}


def costs(scenario: Scenario) -> tuple[int, int]:
    """Innocent recipients harmed by reputation, and by congestion: T - C and C - N."""
    result = runs(scenario)
    treatment, control, absent = (
        int(harm(trace).sum()) for trace in (result.treatment, result.control, result.absent)
    )
    return treatment - control, control - absent


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nothing_that_comes_of_the_culprit_reaches_the_other_hub(seed: int) -> None:
    """Own hub, line, IP in another allocation and ASN, sender domain; nobody reacts."""
    result = runs(design(), seed)
    treatment = list(story(result.treatment))
    assert treatment == list(story(result.control)) == list(story(result.absent))
    assert lists_of(result.treatment, ELSEWHERE) == OF_IPS
    assert lists_of(result.control, ELSEWHERE) == set()
    assert 0 < len(lists_of(result.treatment, GOOD)) < len(OF_IPS)
    assert 0 < harm(result.treatment).sum() < len(harm(result.treatment))


UNDONE = {
    "the same IP": design(ip=GOOD, allocation="198.51.100.8/29", asn=64500),
    "the same allocation": design(ip=BESIDE, allocation="198.51.100.8/29"),
    "the same ASN": design(asn=64500),
    "the same sender domain": design(domain="cozumpark.com"),
}


@pytest.mark.parametrize("shared", UNDONE)
def test_each_thing_that_is_shared_costs_innocent_mail_by_reputation(shared: str) -> None:
    by_reputation, _ = costs(UNDONE[shared])
    assert by_reputation > 100


def test_a_shared_line_costs_time_but_nothing_by_reputation_alone() -> None:
    """In the run without signals the campaign is in the way; lists and providers say nothing."""
    result = runs(design(line='line = "main"'))
    assert harm(result.control).sum() > harm(result.absent).sum()
    assert lists_of(result.treatment, GOOD) == lists_of(result.absent, GOOD)


def test_the_parts_add_up_to_the_message() -> None:
    """As readers see them, and counted here again."""
    scenario = UNDONE["the same IP"]
    results = runs(scenario)
    harmed = [harm(trace) for trace in (results.treatment, results.control, results.absent)]
    result = relaysim.blast_radius(scenario, replications=1, seed=1, jobs=1)
    total, reputation, congestion, count = (
        result.values("total", "total", metric)[0]
        for metric in ("blast_radius", "blast_reputation", "blast_congestion", "harmed")
    )
    recipients = len(harmed[0])
    treatment, control, absent = (int(each.sum()) for each in harmed)
    assert reputation * recipients == pytest.approx(treatment - control, abs=1e-6)
    assert congestion * recipients == pytest.approx(control - absent, abs=1e-6)
    assert total * recipients == pytest.approx(treatment - absent, abs=1e-6)
    assert count == (harmed[0] & ~harmed[2]).sum()
    assert min(reputation, congestion) > 0
