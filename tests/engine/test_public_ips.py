"""Pools of public IPs, and a public IP by the domain of the sender."""

from math import sqrt

import pytest
from worlds.small_world import SECOND_HUB, Played, play, tables

from relaysim.analysis.mail_paths import paths
from relaysim.analysis.sharing import ips
from relaysim.audit import check
from relaysim.explanation.message import explain
from relaysim.plan.compiler import compile_plan
from relaysim.plan.reached import WHOLE, seen_from
from relaysim.scenario.load import from_mapping
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import ScenarioError
from relaysim.trace.tables import first_divergence

POOL = """
[pools.bulk]
members = { "198.51.100.10" = 1, "198.51.100.11" = 3 }
[egress."198.51.100.11"]
age = "400 d"
[hubs.HUB01]
egress = "bulk"
"""
BY_SENDER = """
[egress."203.0.113.25"]
[hubs.HUB01]
egress_by_sender_domain = { "news.example" = "203.0.113.25" }
[hosts.app.streams.news]
sender = "a@news.example"
"""
MANY = [float(second) for second in range(400)]


def egress(run: Played, stream: str = "app.load") -> list[str]:
    """The public IP of each attempt at mail of a stream, in the order of their ends."""
    names, rows = run.trace.names, run.trace.attempts
    wanted = names.streams.index(stream)
    of = run.trace.transactions["message"][rows["transaction"]]
    mine = run.trace.messages["stream"][of] == wanted
    return [names.egress[ip] for ip in rows["egress"][mine]]


def test_each_ip_of_a_pool_has_its_share_of_messages() -> None:
    """300 of 400 are expected; 2.6 standard deviations of a binomial number hold 99 %."""
    count = egress(play(POOL, mail={"app.load": MANY})).count("198.51.100.11")
    assert abs(count - 300) < 2.6 * sqrt(400 * 0.75 * 0.25)


def test_other_mail_does_not_change_the_ip_of_a_message() -> None:
    alone = play(POOL, mail={"app.load": MANY[:50]})
    beside = play(POOL, mail={"app.load": MANY[:50], "app.more": MANY[:50]})
    assert egress(alone) == egress(beside)


def test_all_recipients_of_a_message_leave_by_one_ip() -> None:
    both = """
[destinations.other]
profile = "none"
domains = ["example.net"]
[hosts.app.streams.load]
to = { sink = 0.5, other = 0.5 }
"""
    run = play(POOL, both, mail={"app.load": [(second, 4) for second in range(40)]})
    by_message: dict[int, set[int]] = {}
    rows = run.trace.attempts
    for transaction, ip in zip(rows["transaction"], rows["egress"], strict=True):
        message = int(run.trace.transactions["message"][transaction])
        by_message.setdefault(message, set()).add(int(ip))
    assert {len(each) for each in by_message.values()} == {1}
    assert len({ip for each in by_message.values() for ip in each}) == 2


def test_a_pool_of_one_ip_changes_no_row() -> None:
    one = """
[pools.bulk]
members = { "198.51.100.10" = 7 }
[hubs.HUB01]
egress = "bulk"
"""
    mail = {"app.load": [0, 1, (2, 3), 20]}
    assert first_divergence(play(mail=mail).trace, play(one, mail=mail).trace) is None


def test_mail_of_a_sender_domain_has_its_own_ip() -> None:
    run = play(BY_SENDER, mail={"app.load": [0, 1], "app.news": [0, 1]})
    assert egress(run) == ["198.51.100.10"] * 2
    assert egress(run, "app.news") == ["203.0.113.25"] * 2
    news = run.attempts("HUB01->example.org by 203.0.113.25")
    assert [reply for *_, reply in news] == ["250 2.0.0 OK"] * 2


def test_each_ip_has_its_own_queue_with_its_own_connections() -> None:
    """One connection to a domain, 10 s an answer: by one IP the second message waits 9 s."""
    slow = """
[destinations.sink]
response_time = "10 s"
[hubs.HUB01]
max_per_domain_outbound_connections = 1
"""
    mail = {"app.load": [0], "app.news": [1]}
    apart = play(BY_SENDER, slow, mail=mail)
    assert apart.ends("app.news") == [(11.0, "delivered")]
    same = play(BY_SENDER.replace("203.0.113.25", "198.51.100.10"), slow, mail=mail)
    assert same.ends("app.news") == [(20.0, "delivered")]


STREAM = """
[hosts.app.streams.load]
sender = "app@cozumpark.com"
size = "1 KB"
to = { sink = 1.0 }
arrivals = { process = "poisson", rate = "10/h" }
"""


def loaded(*changes: str) -> Scenario:
    return from_mapping(tables(*changes), "story")


def test_culprits_that_are_moved_leave_the_pool() -> None:
    moved = """
[egress."203.0.113.25"]
[operations]
on_listing = "move_culprit"
move_to = "203.0.113.25"
"""
    plan = compile_plan(loaded(POOL, moved, STREAM))
    queues = [plan.queues[number] for number in set(plan.moved.values())]
    assert {plan.egress[queue.egress].name for queue in queues} == {"203.0.113.25"}
    names = [queue.name for queue in plan.queues]
    assert len(names) == len(set(names))


def test_the_paths_of_a_stream_have_all_its_ips_by_weight() -> None:
    scenario = loaded(POOL, STREAM)
    (path,) = paths(scenario)
    assert ips(path) == {"198.51.100.10", "198.51.100.11"}
    (route,) = path.routes
    assert [hop.egress for hop in route.lasts] == ["198.51.100.10"] + ["198.51.100.11"] * 3
    plan = compile_plan(scenario)
    seen = seen_from(plan, 0, [plan.domains.index("example.org")])
    assert {plan.egress[ip].name: share / WHOLE for (ip, _), share in seen.items()} == {
        "198.51.100.10": 0.25,
        "198.51.100.11": 0.75,
    }


def test_two_sources_of_a_connector_share_mail_evenly_whatever_their_pools() -> None:
    two = '[send_connectors.internet]\nsource_transport_servers = ["HUB01", "HUB02"]'
    host = '[dns]\nboth = ["192.168.168.169", "192.168.168.172"]\n[hosts.app]\nserver = "both"'
    shares: dict[str, float] = {}
    for path in paths(loaded(SECOND_HUB, POOL, two, host, STREAM)):
        for route in path.routes:
            for hop in route.lasts:
                part = path.share * route.share / len(route.lasts)
                shares[hop.egress or ""] = shares.get(hop.egress or "", 0.0) + part
    assert shares == {"198.51.100.10": 0.125, "198.51.100.11": 0.375, "203.0.113.25": 0.5}


def test_explain_names_the_ip_of_the_sender() -> None:
    scenario = loaded(BY_SENDER, STREAM.replace("load", "news"))
    own = " ".join(str(explain(scenario, "app", "x@example.org", sender="a@b.example")).split())
    news = " ".join(str(explain(scenario, "app", "x@example.org", sender="a@news.example")).split())
    assert "leaves by 198.51.100.10" in own
    assert "leaves by 203.0.113.25" in news
    pool = " ".join(str(explain(loaded(POOL, STREAM), "app", "x@example.org")).split())
    assert "leaves by 198.51.100.10 (25 % of messages)" in pool
    assert "leaves by 198.51.100.11 (75 % of messages)" in pool


def test_what_no_hub_has_is_unused() -> None:
    without = '[hubs.HUB01]\negress = "198.51.100.10"'
    found = check(loaded(POOL, STREAM, without))
    unused = {finding.place for finding in found if finding.check == "unused"}
    assert unused == {"pools.bulk", 'egress."198.51.100.11"'}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ('[hubs.HUB01]\nmta = "exchange-2010"', "SourceIPAddress of a send connector is for Edge"),
        ('[hubs.HUB01]\negress = "bulc"', 'did you mean "bulk"'),
        ('[pools.bulk.members]\n"198.51.100.12" = 1', "there is no such egress"),
        ('[pools.bulk.members]\n"198.51.100.10" = 0', "198.51.100.10"),
        ('[pools.bulk.members]\n"198.51.100.10" = 1000', "more than 1000"),
        (
            '[pools."198.51.100.10"]\nmembers = {"198.51.100.11" = 1}',
            "an IP of [egress] is called so",
        ),
        ('[pools."2001:DB8::1"]\nmembers = {"198.51.100.11" = 1}', "this is an IP address"),
        ('[hubs.HUB01]\negress_by_sender_domain = { "a.example" = "x" }', "egress or pool"),
    ],
)
def test_what_does_not_fit_is_refused(change: str, message: str) -> None:
    with pytest.raises(ScenarioError) as problem:
        loaded(POOL, STREAM, change)
    assert message in " ".join(str(problem.value).split())
