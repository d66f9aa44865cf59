"""Load balancers: which hub a connection gets, and what hubs see behind source NAT."""

import pytest
from worlds.ground_truth import stated
from worlds.small_world import SECOND_HUB, Played, play, tables

from relaysim.analysis.mail_paths import paths
from relaysim.audit import Finding, check
from relaysim.explanation.message import explain
from relaysim.present.figures.mail_flows import Stop, flows
from relaysim.scenario.load import from_mapping
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import ScenarioError
from relaysim.trace.tables import first_divergence

BALANCER = """
[load_balancers.mail]
address = "10.1.0.10"
hubs = ["HUB02", "HUB01"]
[hosts.app]
server = "mail"
[send_connectors.internet]
source_transport_servers = ["HUB01", "HUB02"]
"""
OTHER = """
[hosts.crm]
kind = "none"
address = "192.168.168.60"
server = "mail"
"""
LEAST = '[load_balancers.mail]\nmethod = "least_connections"'
SLOW = '[hosts.app]\nbandwidth = "1 kbit/s"'
"""1 KB takes 8.192 s."""
NAT = "[load_balancers.mail]\nsource_nat = true"
ONE = '[load_balancers.mail]\nhubs = ["HUB01"]'
ONE_OF_A_SOURCE = "[hubs.HUB01.receive_connectors.relay]\nmax_inbound_connection_per_source = 1"


def balanced(*changes: str, **given: object) -> Played:
    return play(SECOND_HUB, BALANCER, *changes, **given)  # type: ignore[arg-type]


def stop(hub: str, at: str, length: str) -> str:
    return f"[[events]]\nat = '{at}'\nstop = {{ hub = '{hub}', for = '{length}' }}"


def test_each_hub_has_its_turn_by_name_whoever_connects() -> None:
    run = balanced(OTHER, mail={"app.load": [0, 20, 40], "crm.load": [10, 30]})
    assert run.hubs("app.load") == ["HUB01", "HUB01", "HUB01"]
    assert run.hubs("crm.load") == ["HUB02", "HUB02"]


@pytest.mark.parametrize("server", ["10.1.0.10", "front"])
def test_a_host_reaches_it_by_its_address_or_by_dns(server: str) -> None:
    by = f'[dns]\nfront = ["10.1.0.10"]\n[hosts.app]\nserver = "{server}"'
    assert balanced(by, mail={"app.load": [0, 10]}).hubs("app.load") == ["HUB01", "HUB02"]


def test_the_hub_with_the_fewest_sessions_is_next_and_of_equals_the_first_by_name() -> None:
    """The sessions last from 0 to 8.2, 1 to 9.2 and 2 to 10.2 s: at 9.5 s HUB01 has one."""
    run = balanced(LEAST, SLOW, mail={"app.load": [0, 1, 2, 9.5]})
    assert run.hubs("app.load") == ["HUB01", "HUB02", "HUB01", "HUB02"]


def test_a_stop_ends_the_sessions_that_the_balancer_counts() -> None:
    """At 4 s HUB01 has lost the sessions of 0 and 2 s, so it has the fewest, from 5 s on."""
    run = balanced(LEAST, SLOW, stop("HUB01", "3 s", "1 s"), mail={"app.load": [0, 1, 2, 4, 9]})
    assert run.hubs("app.load") == ["", "HUB02", "", "HUB01", "HUB01"]


def test_a_hub_that_is_down_is_passed_over_from_the_next_check_on() -> None:
    """HUB01 stops at 7 s for 10 s. Checks: 5 s (runs), 10 and 15 s (down), 20 s (runs again).

    The connection of 8 s meets it all the same, that of 18 s does not: it is up, but nobody has
    looked.
    """
    run = balanced(
        stop("HUB01", "7 s", "10 s"), mail={"app.load": [1, 2, 8, 11, 12, 13, 18, 19, 20]}
    )
    assert run.hubs("app.load") == [
        *("HUB01", "HUB02", "", "HUB02", "HUB02", "HUB02", "HUB02", "HUB02", "HUB01")
    ]
    assert run.replies("app.load")[2] == "421 4.2.1 Unable to connect"


def test_without_a_hub_that_runs_it_refuses_connections() -> None:
    run = balanced(stop("HUB01", "0 s", "1 h"), stop("HUB02", "0 s", "1 h"), mail={"app.load": [9]})
    assert run.ends("app.load") == [(9.0, "abandoned")]
    assert run.trace.refusals["hub"].tolist() == [-1]


def test_another_address_of_the_name_is_next_after_a_refusal_by_the_balancer() -> None:
    both = '[dns]\nboth = ["10.1.0.10", "192.168.168.172"]\n[hosts.app]\nserver = "both"'
    down = stop("HUB01", "0 s", "1 h")
    run = balanced(ONE, both, down, mail={"app.load": [9]})
    assert run.hubs("app.load") == ["HUB02"]


def test_what_a_hub_refuses_no_other_hub_is_asked() -> None:
    full = "[hubs.HUB01.receive_connectors.relay]\nmax_inbound_connection = 1"
    run = balanced(full, SLOW, mail={"app.load": [0, 1, 2]})
    assert run.hubs("app.load") == ["HUB01", "HUB02", ""]


def test_behind_source_nat_all_hosts_are_one_source() -> None:
    mail = {"app.load": [0], "crm.load": [1]}
    seen = balanced(ONE, OTHER, SLOW, ONE_OF_A_SOURCE, mail=mail)
    assert seen.hubs("crm.load") == ["HUB01"]
    hidden = balanced(ONE, OTHER, SLOW, ONE_OF_A_SOURCE, NAT, mail=mail)
    assert hidden.replies("crm.load") == [
        "421 4.3.2 The maximum number of concurrent connections has exceeded a limit, closing "
        "transmission channel"
    ]


def test_twenty_sessions_of_an_exchange_server_are_for_all_clients_behind_source_nat() -> None:
    """Three hosts open ten sessions each, which last 8 s: without source NAT all of them do."""
    exchange = '[hubs.HUB01]\nmta = "exchange-2010"'
    third = OTHER.replace("crm", "erp").replace(".60", ".61")
    slow = "".join(f'[hosts.{host}]\nbandwidth = "1 kbit/s"\n' for host in ("app", "crm", "erp"))
    mail = {f"{host}.load": [0.0] * 10 for host in ("app", "crm", "erp")}

    def accepted(*changes: str) -> int:
        run = balanced(ONE, exchange, OTHER, third, slow, *changes, mail=mail)
        return sum(hub == "HUB01" for stream in mail for hub in run.hubs(stream))

    assert accepted() == 30
    assert f"{accepted(NAT)} of 30" == stated("Sessions of three hosts behind source NAT")


def test_behind_source_nat_the_internet_is_one_source_too() -> None:
    internet = OTHER.replace('"none"', '"internet"') + "on_failure = 'drop'\nbandwidth = '1 kbit/s'"
    mail = {"crm.load": [0, 1]}
    assert balanced(ONE, internet, ONE_OF_A_SOURCE, mail=mail).hubs("crm.load") == ["HUB01"] * 2
    hidden = balanced(ONE, internet, ONE_OF_A_SOURCE, NAT, mail=mail)
    assert hidden.hubs("crm.load") == ["HUB01", ""]


def test_the_connector_is_chosen_by_the_address_that_the_hub_sees() -> None:
    narrow = "[hubs.HUB01.receive_connectors.relay]\nremote_ip_ranges = ['192.168.168.50']"
    mail = {"app.load": [0]}
    assert balanced(ONE, narrow, mail=mail).statuses("app.load") == ["delivered"]
    hidden = balanced(ONE, narrow, NAT, mail=mail)
    assert hidden.verdicts("app.load") == ["421 4.3.2 Service not available"]


def test_a_balancer_in_front_of_one_hub_changes_no_row() -> None:
    mail = {"app.load": [0, 1, (2, 3), 20], "crm.load": [0, 5]}
    sources = '[send_connectors.internet]\nsource_transport_servers = ["HUB01", "HUB02"]'
    other = OTHER.replace("mail", "192.168.168.169")
    direct = play(SECOND_HUB, sources, other, mail=mail)
    by = play(SECOND_HUB, BALANCER, ONE, OTHER, mail=mail)
    assert first_divergence(direct.trace, by.trace) is None


CHAIN = """
[load_balancers.dmz]
address = "10.1.0.20"
hubs = ["HUB02", "HUB03"]
[send_connectors.internet]
source_transport_servers = ["HUB01"]
smart_hosts = ["10.1.0.20"]
[send_connectors.last]
address_spaces = ["SMTP:*;1"]
source_transport_servers = ["HUB02", "HUB03"]
smtp_max_messages_per_connection = "unlimited"
"""
THIRD = SECOND_HUB.replace("HUB02", "HUB03").replace(".172", ".173").replace("113.25", "113.26")


def test_a_balancer_may_be_the_smart_host_of_hubs() -> None:
    run = play(SECOND_HUB, THIRD, CHAIN, mail={"app.load": [0, 10, 20]})
    assert run.last_hubs("app.load") == ["HUB02", "HUB03", "HUB02"]


def test_behind_source_nat_a_hub_has_the_address_of_the_balancer() -> None:
    narrow = "[hubs.HUB02.receive_connectors.relay]\nremote_ip_ranges = ['10.1.0.20']"
    one, nat = "hubs = ['HUB02']", "source_nat = true"
    only = f"[load_balancers.dmz]\n{one}\n{nat}"
    sources = "[send_connectors.last]\nsource_transport_servers = ['HUB02']"
    run = play(
        SECOND_HUB, CHAIN.replace(', "HUB03"', ""), only, sources, narrow, mail={"app.load": [0]}
    )
    assert run.statuses("app.load") == ["delivered"]


def test_explain_says_what_the_balancer_does() -> None:
    text = str(explain(balanced(NAT, mail={"app.load": [0]}).scenario, "app", "a@example.org"))
    assert "app (192.168.168.50) connects to 10.1.0.10 port 25 (mail)." in text
    words = " ".join(text.split())
    assert (
        "The load balancer mail (round robin) passes it on to HUB01 (192.168.168.169), which sees "
        "10.1.0.10, because of source NAT."
    ) in words
    assert "Hello [10.1.0.10]" in words
    other = explain(loaded(STREAM), "app", "a@example.org", server="MAIL")
    assert other.attempts[0].target.balancer == "mail"
    plain = str(explain(balanced(mail={"app.load": [0]}).scenario, "app", "a@example.org"))
    assert "which sees 192.168.168.50." in " ".join(plain.split())


def test_each_hub_behind_it_has_an_equal_share_and_what_one_refuses_is_lost() -> None:
    unlisted = "[hubs.HUB02.receive_connectors.relay]\nremote_ip_ranges = ['10.0.0.1']"
    scenario = loaded(unlisted, STREAM)
    assert [(path.hub, path.share, path.reply is None) for path in paths(scenario)] == [
        ("HUB01", 0.5, True),
        ("HUB02", 0.5, False),
    ]
    (finding,) = [found for found in check(scenario) if found.check == "host_unanswered"]
    assert finding.severity == "error"


def test_no_fix_lists_the_balancer_at_a_connector() -> None:
    """Where source NAT hides a host, listing the address would admit everybody."""
    unlisted = "[hubs.HUB01.receive_connectors.relay]\nremote_ip_ranges = ['192.168.168.50']"
    found = [
        each
        for each in check(loaded(ONE, NAT, unlisted, STREAM))
        if each.check == "host_unanswered"
    ]
    assert [(each.fix, each.command) for each in found] == [
        (
            "Switch source NAT off (load_balancers.mail.source_nat = false): 10.1.0.10 is all "
            "clients.",
            None,
        )
    ]


def test_check_says_what_source_nat_hides() -> None:
    (finding,) = hidden(loaded(NAT, OTHER, STREAM))
    assert finding.severity == "info"
    assert "app and crm arrive at HUB02 and HUB01 as 10.1.0.10" in finding.reason
    assert not hidden(loaded(OTHER, STREAM))


def test_check_counts_the_sessions_of_all_hosts_behind_source_nat() -> None:
    """Two hosts of 12 sessions are 24: 12 at each of two hubs, of 10 allowed."""
    many = "sessions = 12"
    limits = "".join(
        f"[hubs.{hub}.receive_connectors.relay]\nmax_inbound_connection_per_source = 10\n"
        for hub in ("HUB01", "HUB02")
    )
    scenario = loaded(NAT, OTHER + many, f"[hosts.app]\n{many}", STREAM, limits)
    (finding,) = hidden(scenario)
    assert finding.severity == "warning"
    assert "app and crm open up to 12 sessions at" in finding.reason
    assert "those above the limit get 421 4.3.2" in finding.reason


def test_a_connector_that_relays_for_the_balancer_is_open_if_the_internet_comes_by_it() -> None:
    internet = OTHER.replace('"none"', '"internet"').replace("192.168.168.60", "203.0.113.7")
    listing = "".join(
        f"[hubs.{hub}.receive_connectors.relay]\nremote_ip_ranges = ['10.1.0.10']\n"
        for hub in ("HUB01", "HUB02")
    )
    found = [
        each for each in check(loaded(NAT, internet, STREAM, listing)) if "relay" in each.check
    ]
    assert [each.check for each in found] == ["open_relay", "open_relay"]
    assert "arrives as 10.1.0.10, the address of app too" in found[0].reason
    assert "load_balancers.mail.source_nat = false" in found[0].fix
    assert not [each for each in check(loaded(NAT, STREAM, listing)) if each.check == "open_relay"]


def test_the_flows_of_a_design_pass_the_balancer() -> None:
    run = balanced(OTHER, mail={"app.load": [0, 10, 20], "crm.load": [5]})
    drawn = flows(run.trace, run.scenario)
    front = Stop("balancer", "mail")
    assert drawn.through(front) == 4
    assert {flow.end.name for flow in drawn.flows if flow.start == front} == {
        "HUB01/relay",
        "HUB02/relay",
    }


def hidden(scenario: Scenario) -> list[Finding]:
    return [found for found in check(scenario) if found.check == "balancer_hides_sources"]


STREAM = """
[hosts.app.streams.load]
sender = "app@cozumpark.com"
size = "1 KB"
to = { sink = 1.0 }
arrivals = { process = "poisson", rate = "10/h" }
"""


def loaded(*changes: str) -> Scenario:
    return from_mapping(tables(SECOND_HUB, BALANCER, *changes), "story")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ('[load_balancers.mail]\nhubs = ["HUB1"]', "did you mean"),
        ('[load_balancers.mail]\nhubs = ["HUB01", "HUB01"]', "this hub is there already"),
        ('[load_balancers.mail]\naddress = "192.168.168.172"', "HUB02 has this address already"),
        ('[dns]\nmail = ["10.1.0.10"]', "a name in [dns] is called so: choose another name"),
        ('[load_balancers.mail]\nmethod = "random"', "round_robin"),
        ('[load_balancers.mail]\nhealth_check_interval = "25 h"', 'must be at most "1 d"'),
        ('[hosts.app]\nserver = "mial"', "no such name in [dns] or [load_balancers]"),
    ],
)
def test_what_does_not_fit_is_refused(change: str, message: str) -> None:
    with pytest.raises(ScenarioError) as problem:
        loaded(change)
    assert message in " ".join(str(problem.value).split())
