"""FrontendProxyEnabled: mail leaves by the public IP of a front end of the site."""

from math import sqrt

from engine.test_front_end import FRONT_ENDS, MANY, STREAM, stop
from worlds.small_world import SECOND_HUB, Played, play, tables

from relaysim.analysis.mail_paths import paths
from relaysim.analysis.offered_load import stages
from relaysim.explanation.message import explain
from relaysim.plan.compiler import compile_plan
from relaysim.plan.reached import WHOLE, seen_from
from relaysim.scenario.load import from_mapping
from relaysim.scenario.model import Scenario
from relaysim.trace.tables import first_divergence

ONE, TWO = "198.51.100.10", "203.0.113.25"
PROXIED = "[send_connectors.internet]\nfrontend_proxy_enabled = true"
OWN_MAIL = "[hubs.HUB01.receive_connectors.relay]\ntransport_role = 'HubTransport'"
"""HUB01 keeps what it is sent, so that one hub has all the queues."""


def ips(run: Played) -> list[str]:
    """The public IP of each attempt."""
    return [run.trace.names.egress[ip] for ip in run.trace.attempts["egress"]]


def proxied(*changes: str) -> Scenario:
    return from_mapping(
        tables(SECOND_HUB, FRONT_ENDS, PROXIED, OWN_MAIL, STREAM, *changes), "story"
    )


def test_mail_of_one_hub_leaves_by_the_ip_of_either_server() -> None:
    """200 connections of HUB01 leave by either IP with the same chance."""
    run = play(SECOND_HUB, FRONT_ENDS, PROXIED, OWN_MAIL, mail=MANY)
    assert run.hubs("app.load") == ["HUB01"] * 200
    assert abs(ips(run).count(TWO) - 100) < 2.6 * sqrt(200 * 0.25)
    assert ips(run).count(ONE) + ips(run).count(TWO) == 200


def test_the_queue_stays_one_for_both_ips() -> None:
    """One connection at a time, 10 s for each message: 20 messages take 200 s, in their order."""
    one = """
[hubs.HUB01]
max_per_domain_outbound_connections = 1
[send_connectors.internet]
smtp_max_messages_per_connection = 1
[destinations.sink]
response_time = "10 s"
"""
    mail = {"app.load": [0.0] * 20}
    run = play(SECOND_HUB, FRONT_ENDS, PROXIED, OWN_MAIL, one, mail=mail)
    assert [name for name in run.trace.names.queues if "example.org" in name] == [
        "HUB01->example.org"
    ]
    assert run.ends("app.load") == [(10.0 * number, "delivered") for number in range(1, 21)]
    assert set(ips(run)) == {ONE, TWO}


def test_a_listing_of_one_ip_puts_the_one_queue_in_retry() -> None:
    """A message an hour. From the listed IP its connection fails, and the queue is in Retry.

    It waits for 1 min four times and then for 5 min. An attempt by the other IP succeeds.
    """
    at = (0.0, 60.0, 120.0, 180.0, 240.0, 540.0, 840.0)
    listed = f"""
[hubs.HUB01]
reject_time = "0 s"
[blocklists.css]
profile = "spamhaus-css"
[destinations.sink]
refuses_on = {{ css = 1.0 }}
refusal_stage = {{ greeting = 1.0 }}
refusal_action = {{ defer = 1.0 }}
[[events]]
at = "0 s"
listing = {{ egress = "{TWO}", blocklist = "css", for = "1 d" }}
"""
    mail = {"app.load": [3600.0 * hour for hour in range(1, 13)]}
    run = play(SECOND_HUB, FRONT_ENDS, PROXIED, OWN_MAIL, listed, mail=mail)
    by_message: dict[int, list[tuple[float, str]]] = {}
    for (transaction, start, *_), ip in zip(
        run.attempts("HUB01->example.org"), ips(run), strict=True
    ):
        by_message.setdefault(transaction, []).append((start, ip))
    assert len(by_message) == 12
    for created, attempts in zip(mail["app.load"], by_message.values(), strict=True):
        fails = len(attempts) - 1
        assert attempts == [
            *((created + wait, TWO) for wait in at[:fails]),
            (created + at[fails], ONE),
        ]
    assert max(map(len, by_message.values())) == 6


def test_a_server_that_is_down_proxies_nothing() -> None:
    down = stop("HUB02", "0 s")
    run = play(SECOND_HUB, FRONT_ENDS, PROXIED, OWN_MAIL, down, mail=MANY)
    assert ips(run) == [ONE] * 200


def test_the_stop_of_a_proxy_cuts_its_connections_alone() -> None:
    """40 messages at once, 10 s each; HUB02 stops after 5 s. What it proxied is sent again."""
    slow = "[destinations.sink]\nresponse_time = '10 s'"
    down, mail = stop("HUB02", "5 s"), {"app.load": [0.0] * 40}
    run = play(SECOND_HUB, FRONT_ENDS, PROXIED, OWN_MAIL, slow, down, mail=mail)
    first = list(zip(run.attempts("HUB01->example.org"), ips(run), strict=True))[:40]
    verdicts = {(ip, reply) for (_, _, _, reply), ip in first}
    assert verdicts == {(ONE, "250 2.0.0 OK"), (TWO, "421 4.4.2 Connection dropped")}
    assert {end for _, end in run.ends("app.load")} == {"delivered"}
    assert {end for end, _ in run.ends("app.load")} >= {10.0, 20.0}
    assert ips(run)[40:] == [ONE] * (len(ips(run)) - 40)


def test_without_another_ip_in_the_site_it_changes_no_row() -> None:
    for apart in (
        "[hubs.HUB02]\nsite = 'Ankara'\n[mailboxes]\nsite = 'Ankara'",
        f"[hubs.HUB02]\negress = '{ONE}'",
    ):
        plain = play(SECOND_HUB, FRONT_ENDS, OWN_MAIL, apart, mail=MANY)
        run = play(SECOND_HUB, FRONT_ENDS, PROXIED, OWN_MAIL, apart, mail=MANY)
        assert first_divergence(plain.trace, run.trace) is None


def test_the_paths_and_the_plan_have_both_ips() -> None:
    scenario = proxied()
    (path,) = paths(scenario)
    (route,) = path.routes
    assert [(hop.hub, hop.proxy, hop.egress) for hop in route.lasts] == [
        ("HUB01", "HUB01", ONE),
        ("HUB01", "HUB02", TWO),
    ]
    plan = compile_plan(scenario)
    domains = {plan.domains.index("example.org")}
    seen = {plan.egress[ip].name: part for (ip, _), part in seen_from(plan, 0, domains).items()}
    assert seen == {ONE: WHOLE // 2, TWO: WHOLE // 2}


def test_the_connections_of_the_queue_are_one_stage_with_the_limits_of_both_ips() -> None:
    """The destination takes 3 connections from an IP, so 6 of HUB01; each line has half the mail."""
    limits = f"""
[destinations.sink]
max_connections_per_ip = 3
response_time = "1 s"
[egress."{ONE}"]
bandwidth = "1 Mbit/s"
[egress."{TWO}"]
bandwidth = "1 Mbit/s"
"""
    by_name = {stage.name: stage for stage in stages(proxied(limits))}
    queue = by_name["HUB01->example.org"]
    assert (queue.servers, queue.demand) == (6, {"app.load": 1.0})
    for ip in (ONE, TWO):
        assert [part.visits for part in by_name[f"{ip}.line"].parts] == [0.5]


def test_an_explanation_names_the_front_end() -> None:
    text = " ".join(str(explain(proxied(), "app", "ayse@example.org")).split())
    for hub, ip in (("HUB01", ONE), ("HUB02", TWO)):
        assert f"leaves by {ip} through the front end of {hub} (50 % of messages)" in text
