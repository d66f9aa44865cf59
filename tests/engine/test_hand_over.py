"""Mail that one Exchange hub hands to another meets the receive connectors of that hub."""

import shlex
from dataclasses import replace
from typing import Any

import pytest
from worlds.golden_sections import Golden, Wording
from worlds.quantities import quantities
from worlds.refusals import refusal
from worlds.small_world import Played, play, tables

from relaysim.audit import Finding, Severity
from relaysim.audit.answering_connector import host_unanswered
from relaysim.audit.between_hubs import hand_over_refused
from relaysim.audit.conflicts import connector_conflict, partial_overlap
from relaysim.audit.refused_mail import relay_refused, stream_refused
from relaysim.explanation import explain
from relaysim.scenario.load import from_mapping
from relaysim.scenario.model import Scenario
from relaysim.trace.tables import Level

NO_AUTHENTICATION = "451 5.7.3 Cannot achieve Exchange Server authentication"
NOBODY = "421 4.3.2 Service not available"
OK = "250 2.0.0 OK"
OVER = "HUB01->HUB02"
NO_COSTS = """
receive_cost = "0 s"
categorize_cost = "0 s"
send_cost = "0 s"
queue_database_batch_timeout = "0 s"
commit_write = "0 s"
"""
TWO_HUBS = f"""
[hubs.HUB01]
mta = "exchange-2010"
addresses = ["192.168.168.171", "192.168.168.169"]
{NO_COSTS}
[hubs.HUB01.receive_connectors.relay]
max_acknowledgement_delay = "0 s"
[hubs.HUB02]
mta = "exchange-2010"
cores = 1
addresses = ["192.168.168.172"]
egress = "198.51.100.10"
{NO_COSTS}
[hubs.HUB02.receive_connectors."Default HUB02"]
bindings = ["0.0.0.0:25"]
remote_ip_ranges = ["0.0.0.0-255.255.255.255"]
permission_groups = ["ExchangeUsers", "ExchangeServers", "ExchangeLegacyServers"]
auth_mechanism = ["Tls", "Integrated", "BasicAuth", "BasicAuthRequireTLS", "ExchangeServer"]
[send_connectors.internet]
source_transport_servers = ["HUB02"]
"""
"""The host submits to HUB01, whose lowest address is .169; only HUB02 sends."""

RELAY = """
[hubs.HUB02.receive_connectors.relay]
bindings = ["0.0.0.0:25"]
remote_ip_ranges = ["192.168.168.0/24"]
permission_groups = ["AnonymousUsers"]
auth_mechanism = ["Tls"]
"""
"""A relay connector on HUB02 for the whole network, in which HUB01 lies."""
LIKE_SERVER = """
[hubs.HUB02.receive_connectors.relay]
permission_groups = ["AnonymousUsers", "ExchangeServers"]
auth_mechanism = ["Tls", "ExchangeServer"]
"""
NARROW = "[hubs.HUB02.receive_connectors.'Default HUB02']\nremote_ip_ranges = ['10.0.0.0/8']"
BARE = """
[hubs.HUB02.receive_connectors."Default HUB02"]
permission_groups = ["ExchangeUsers"]
auth_mechanism = ["Tls"]
"""
SECURED = """
[hubs.HUB02.receive_connectors.relay]
remote_ip_ranges = ["192.168.168.169", "192.168.168.171"]
permission_groups = ["ExchangeServers"]
auth_mechanism = ["Tls", "ExternalAuthoritative"]
"""
"""The relay connector trusts HUB01 by its addresses, all of its range."""


def refusals(scenario: Scenario) -> list[Finding]:
    """The findings about refused hand-overs."""
    return [replace(each, check="hand_over_refused") for each in hand_over_refused(scenario)]


def errors(scenario: Scenario) -> set[tuple[str, str]]:
    """The errors that a change of a receive connector can make: check and place."""
    checks = (
        connector_conflict,
        partial_overlap,
        host_unanswered,
        stream_refused,
        relay_refused,
        hand_over_refused,
    )
    return {
        (each.__name__, finding.place)
        for each in checks
        for finding in each(scenario)
        if finding.severity is Severity.ERROR
    }


def applied(command: str) -> dict[str, Any]:
    """The tables of a scenario that a command to make or set a receive connector stands for."""
    verb, *words = shlex.split(command.replace("\\", "\\\\"))
    keys = {
        "-RemoteIPRanges": "remote_ip_ranges",
        "-PermissionGroups": "permission_groups",
        "-AuthMechanism": "auth_mechanism",
    }
    if verb == "Set-ReceiveConnector":
        hub, name = words.pop(0).split("\\")
        values: dict[str, Any] = {}
    else:
        assert verb == "New-ReceiveConnector"
        given = dict(zip(words[::2], words[1::2], strict=True))
        hub, name = given.pop("-Server"), given.pop("-Name")
        values = {"usage": given.pop("-Usage"), "bindings": ["0.0.0.0:25"]}
        words = [word for pair in given.items() for word in pair]
    for option, value in zip(words[::2], words[1::2], strict=True):
        values[keys[option]] = value.split(",")
    return {"hubs": {hub: {"receive_connectors": {name: values}}}}


def as_toml(table: dict[str, Any]) -> str:
    """Tables of one connector as a scenario file has them."""
    ((hub, model),) = table["hubs"].items()
    ((name, values),) = model["receive_connectors"].items()
    lines = [f"{key} = {value!r}" for key, value in values.items()]
    return "\n".join([f"[hubs.{hub}.receive_connectors.'{name}']", *lines])


def designed(*changes: str) -> Scenario:
    """The two hubs with changes, without a run."""
    return from_mapping(tables(TWO_HUBS, *changes))


def run(*changes: str) -> Played:
    """Two messages, at 0 and 100 s."""
    return play(TWO_HUBS, *changes, mail={"app.load": [0, 100]})


def test_the_default_connector_takes_what_another_hub_hands_over() -> None:
    played = run()
    assert [text for *_, text in played.attempts(OVER)] == [OK, OK]
    assert played.statuses("app.load") == ["delivered"] * 2
    assert refusals(played.scenario) == []


def test_a_relay_connector_that_lists_the_hub_turns_it_away() -> None:
    """Tried at 0, then 1, 2, 3, 4 and 9, 14 ... minutes later; it expires after two days."""
    played = run(RELAY)
    tries = played.attempts(OVER)
    assert {text for *_, text in tries if text} == {NO_AUTHENTICATION}
    assert [start for _, start, _, _ in tries[:7]] == [0, 60, 120, 180, 240, 540, 840]
    assert played.levels(Level.QUEUE_RETRY, OVER)[0] == (0.0, 1)
    assert played.statuses("app.load") == ["expired"] * 2
    assert [time for time, _ in played.ends("app.load")] == [2 * 86400.0, 2 * 86400.0 + 100]


def test_what_the_connector_needs_is_mechanism_and_group() -> None:
    assert run(RELAY, LIKE_SERVER).statuses("app.load") == ["delivered"] * 2
    mechanism = LIKE_SERVER.replace(', "ExchangeServers"', "")
    group = LIKE_SERVER.replace(', "ExchangeServer"]', "]")
    for lacking in (mechanism, group):
        assert run(RELAY, lacking).attempts(OVER)[0][3] == NO_AUTHENTICATION


def test_the_hub_comes_from_its_lowest_address() -> None:
    only = "[hubs.HUB02.receive_connectors.relay]\nremote_ip_ranges = ['192.168.168.171']"
    assert run(RELAY, only).statuses("app.load") == ["delivered"] * 2
    only = only.replace("171", "169")
    assert run(RELAY, only).statuses("app.load") == ["expired"] * 2


def test_without_any_connector_the_hub_is_turned_away_too() -> None:
    assert run(NARROW).attempts(OVER)[0][3] == NOBODY


def test_a_hub_that_is_no_exchange_server_needs_no_authentication() -> None:
    none = "[hubs.HUB02]\nmta = 'none'"
    assert run(RELAY, none).statuses("app.load") == ["delivered"] * 2


THIRD = (
    TWO_HUBS[TWO_HUBS.index("[hubs.HUB02]") : TWO_HUBS.index("[send_connectors")]
    .replace("HUB02", "HUB03")
    .replace("172", "173")
    + "\n[send_connectors.internet]\nsource_transport_servers = ['HUB02', 'HUB03']"
)


def test_a_source_server_that_turns_the_hub_away_is_passed_over(wording: Wording) -> None:
    played = run(RELAY, THIRD)
    assert played.last_hubs("app.load") == ["HUB03", "HUB03"]
    (finding,) = refusals(played.scenario)
    assert finding.severity is Severity.WARNING
    wording(finding)


FULL = """
[hubs.HUB02.back_pressure]
queue_drive_size = "10 GB"
queue_drive_used = "{}"
log_free_space = "0 B"
"""
"""Of 10 GB 93 % is Medium, 95 % is High."""


def test_a_hub_without_resources_refuses_other_hubs_at_high_only() -> None:
    assert run(FULL.format("9.4 GB")).statuses("app.load") == ["delivered"] * 2
    played = run(FULL.format("9.6 GB"))
    assert played.statuses("app.load") == ["delivered", "expired"]
    assert played.attempts(OVER)[1][3] == "452 4.3.1 Insufficient system resources"


def test_explain_shows_the_session_between_the_hubs(golden_section: Golden) -> None:
    scenario = run(RELAY).scenario
    explanation = explain(scenario, "app", "a@example.org")
    text = " ".join(str(explanation).split())
    assert NO_AUTHENTICATION in text
    assert "550 4.4.7 QUEUE.Expired; message expired" in text
    golden_section("explain/hubs", str(explanation))
    (outcome,) = explanation.as_dict()["attempts"][0]["recipients"]
    assert [hop["kind"] for hop in outcome["hops"]] == ["transfer"]
    assert outcome["hand_overs"] == [
        {
            "sender": "HUB01",
            "receiver": "HUB02",
            "from": "192.168.168.169",
            "to": "192.168.168.172",
            "connector": "relay",
            "reply": NO_AUTHENTICATION,
            "accepted": False,
        }
    ]


def test_explain_shows_a_hand_over_that_works(golden_section: Golden) -> None:
    explanation = explain(run().scenario, "app", "a@example.org")
    (outcome,) = explanation.as_dict()["attempts"][0]["recipients"]
    assert [hop["egress"] for hop in outcome["hops"]] == [None, "198.51.100.10"]
    (session,) = outcome["hand_overs"]
    assert session["connector"] == "Default HUB02"
    assert session["reply"] == "235 2.7.0 Authentication successful"
    golden_section("explain/hubs", str(explanation))


@pytest.mark.parametrize("server", [None, "HUB02", "192.168.168.172", "bulk"])
def test_explain_takes_a_hub_as_the_client(golden_section: Golden, server: str | None) -> None:
    """The reply is that of the engine and of check, however the other hub is named."""
    scenario = designed(RELAY, '[dns]\nbulk = ["192.168.168.172"]')
    explanation = explain(scenario, "HUB01", "a@example.org", server=server)
    (attempt,) = explanation.attempts
    assert attempt.connector is not None
    assert attempt.connector.name == "relay"
    assert [str(each.reply) for each in attempt.outcomes] == [NO_AUTHENTICATION]
    *_, login, answer, end, closing = [str(line) for line in attempt.lines]
    assert login.startswith("C: AUTH ")
    assert answer == f"*: {NO_AUTHENTICATION}"
    assert end == "C: QUIT"
    assert closing.startswith("S: 221 2.0.0 ")
    facts = explanation.as_dict()
    assert (facts["host"], facts["address"]) == ("HUB01", "192.168.168.169")
    (session,) = facts["attempts"]
    assert (session["address"], session["port"]) == ("192.168.168.172", 25)
    assert "Default HUB02" in [each["connector"] for each in session["passed_over"]]
    golden_section("explain/hubs", str(explanation))


def test_explain_shows_what_the_other_hub_does_with_the_mail(golden_section: Golden) -> None:
    explanation = explain(designed(RELAY, LIKE_SERVER), "HUB01", ["a@example.org"], size="20 MB")
    (attempt,) = explanation.attempts
    assert attempt.session is not None
    assert attempt.session.principal == r"<DOMAIN>\Exchange Servers"
    lines = [str(line) for line in attempt.lines]
    login = lines.index("S: 235 2.7.0 Authentication successful")
    assert lines[login - 1].startswith("C: AUTH ")
    assert [str(each.reply) for each in attempt.outcomes] == ["250 2.1.5 Recipient OK"]
    assert "DelayedAck" not in str(explanation)
    golden_section("explain/hubs", str(explanation))


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ((NARROW,), NOBODY),
        ((FULL.format("9.4 GB"),), "250 2.1.5 Recipient OK"),
        ((FULL.format("9.6 GB"),), "452 4.3.1 Insufficient system resources"),
        ((RELAY, "[hubs.HUB02]\nmta = 'none'"), "250 2.1.5 Recipient OK"),
    ],
    ids=["nobody answers", "Medium", "High", "no Exchange server"],
)
def test_explain_gives_a_hub_the_replies_of_the_engine(
    changes: tuple[str, ...], answer: str
) -> None:
    (attempt,) = explain(designed(*changes), "HUB01", "a@example.org").attempts
    assert [str(each.reply) for each in attempt.outcomes] == [answer]


@pytest.mark.parametrize(
    ("host", "more", "named"),
    [
        ("HUB2", {}, '"HUB02"'),
        ("HUB01", {"server": "HUB2"}, '"HUB02"'),
        ("HUB01", {"server": "HUB01"}, "HUB01"),
        ("HUB01", {"stream": "load"}, "HUB01"),
        ("HUB01", {"port": 587}, "587"),
        ("HUB02", {}, "a@example.org"),
    ],
    ids=["no host", "no server", "itself", "stream", "port", "no hand-over"],
)
def test_what_a_hub_cannot_do_as_a_client(
    golden_section: Golden, host: str, more: dict[str, Any], named: str
) -> None:
    message = refusal(ValueError, lambda: explain(designed(), host, "a@example.org", **more))
    assert named in message
    golden_section("errors/explain", message)


def test_check_finds_the_connector_and_the_hub(wording: Wording) -> None:
    (finding,) = refusals(run(RELAY).scenario)
    assert finding.severity is Severity.ERROR
    assert finding.place == "hubs.HUB02.receive_connectors.relay"
    assert NO_AUTHENTICATION in finding.reason
    assert "2 d" in quantities(finding.reason)
    assert "192.168.168.169" in finding.reason
    wording(finding)


@pytest.mark.parametrize(
    ("changes", "command"),
    [
        (
            (RELAY,),
            r'Set-ReceiveConnector "HUB02\relay" -RemoteIPRanges 192.168.168.0-192.168.168.168,'
            "192.168.168.170,192.168.168.172-192.168.168.255",
        ),
        (
            (BARE,),
            r'Set-ReceiveConnector "HUB02\Default HUB02" -PermissionGroups ExchangeUsers,'
            "ExchangeServers -AuthMechanism Tls,ExchangeServer",
        ),
        (
            (NARROW,),
            'New-ReceiveConnector -Name "Servers to HUB02" -Server HUB02 -Usage Internal '
            "-RemoteIPRanges 192.168.168.169",
        ),
        (
            (RELAY, NARROW),
            'New-ReceiveConnector -Name "Servers to HUB02" -Server HUB02 -Usage Internal '
            "-RemoteIPRanges 192.168.168.169",
        ),
    ],
    ids=["taken out", "let in", "nobody answers", "no other connector"],
)
def test_the_fix_fixes(wording: Wording, changes: tuple[str, ...], command: str) -> None:
    """The finding is gone, no new error came, and the mail is delivered."""
    before = run(*changes)
    assert before.statuses("app.load") == ["expired"] * 2
    (finding,) = refusals(before.scenario)
    assert finding.command == command
    wording(finding)
    after = run(*changes, as_toml(applied(command)))
    assert refusals(after.scenario) == []
    assert errors(before.scenario) == {("hand_over_refused", finding.place)}
    assert errors(after.scenario) == set()
    assert after.statuses("app.load") == ["delivered"] * 2


def test_where_no_command_is_sure_to_help_none_is_given(wording: Wording) -> None:
    """The very addresses of HUB01 are all that the secured connector lists."""
    (finding,) = refusals(run(RELAY, SECURED, NARROW).scenario)
    assert finding.command is None
    wording(finding)
