"""`check`, `explain` and `profiles`: what can be said without a run."""

import json

import pytest
from worlds.cli_runs import SHARED, process, relaysim

from relaysim import check, explain, load
from relaysim.audit import Severity
from relaysim.profiles.collection import BUILT_IN
from relaysim.profiles.kind import Kind
from relaysim.profiles.value import Certainty


def findings(*arguments):
    """Severity, check and place of each finding."""
    result = json.loads(relaysim("check", SHARED, *arguments, "--json").stdout)["findings"]
    return [(each["severity"], each["check"], each["place"]) for each in result]


def test_advice_alone_is_no_failure():
    assert relaysim("check", SHARED).exit_code == 0
    newsletter = "hosts.marketing.streams.newsletter"
    assert (Severity.WARNING, "bulk_shares_hub", newsletter) in findings()
    assert Severity.ERROR not in {severity for severity, _, _ in findings()}


def test_an_error_of_the_design_is_exit_code_2(golden):
    to_the_internal_connector = ("--set", "hosts.crm.server=mail")
    result = relaysim("check", SHARED, *to_the_internal_connector)
    assert result.exit_code == 2
    first, *_ = findings(*to_the_internal_connector)
    assert first == (Severity.ERROR, "relay_refused", "hosts.crm.streams.invoices")
    assert all(part in result.stdout.splitlines()[0] for part in first)
    golden("check/relay-refused", result.stdout)


def test_findings_as_json_are_those_of_the_library():
    result = json.loads(relaysim("check", SHARED, "--json").stdout)
    assert result["findings"] == [finding.as_dict() for finding in check(load(SHARED))]
    assert set(result) == {"relaysim", "scenario", "findings"}


def test_a_file_that_cannot_be_used_is_a_finding_too():
    result = relaysim("check", SHARED, "--set", "hubs.HUB01.cores=x", "--json")
    assert result.exit_code == 2
    (finding,) = json.loads(result.stdout)["findings"]
    assert (finding["severity"], finding["place"]) == ("error", "hubs.HUB01.cores")


def test_the_fix_names_the_nearest_spelling():
    result = relaysim("check", SHARED, "--set", "hubs.HUB01.coers=4", "--json")
    fixes = {each["place"]: each["fix"] for each in json.loads(result.stdout)["findings"]}
    assert '"cores"' in fixes["hubs.HUB01.coers"]


def test_explain_shows_the_refusal_of_a_relay():
    letter = ("--host", "sharepoint", "--to", "someone@gmail.com", "--size", "2 MB")
    done = process("explain", "scenarios/shared-hub.toml", *letter)
    assert done.returncode == 0
    assert "MAIL FROM:<sharepoint@cozumpark.com> SIZE=2097152" in done.stdout
    assert "550 5.7.1 Unable to relay" in done.stdout
    assert done.stderr == ""


def test_explain_takes_sender_stream_and_another_server():
    result = relaysim(
        *("explain", SHARED, "--host", "marketing", "--stream", "newsletter", "--server", "mail"),
        *("--from", "x@cozumpark.com", "--to", "a@gmail.com", "--to", "b@cozumpark.com", "--json"),
    )
    results = json.loads(result.stdout)
    assert results["sender"] == "x@cozumpark.com"
    (attempt,) = results["attempts"]
    replies = {each["recipient"]: each["accepted"] for each in attempt["recipients"]}
    assert replies == {"a@gmail.com": False, "b@cozumpark.com": True}


def test_explain_takes_an_address_that_is_no_host(golden):
    result = relaysim(
        *("explain", SHARED, "--address", "10.9.9.9", "--server", "externalrelay", "--port", "25"),
        *("--to", "b@cozumpark.com"),
    )
    assert result.exit_code == 0
    first = result.stdout.splitlines()[0]
    assert all(part in first for part in ("10.9.9.9", "192.168.168.171", "25"))
    golden("explain/another-address", result.stdout)


def test_explain_prints_the_rights_at_a_connector():
    result = json.loads(
        relaysim("explain", SHARED, "--connector", "externalrelay", "--json").stdout
    )
    rights = {each["extended_right"] for each in result["rights"]}
    assert "ms-Exch-SMTP-Accept-Any-Recipient" in rights
    assert {each["connector"] for each in result["rights"]} == {"HUB01\\externalrelay"}


def test_the_library_explains_as_the_command_does():
    explanation = explain(load(SHARED), "sharepoint", "a@cozumpark.com", size="2 MB")
    letter = ("--host", "sharepoint", "--to", "a@cozumpark.com", "--size", "2 MB")
    assert relaysim("explain", SHARED, *letter).stdout == f"{explanation}\n"


def test_a_profile_is_printed_with_sources():
    result = relaysim("profiles", "mta", "exchange-2010")
    lines = result.stdout.splitlines()
    below = lines[lines.index('max_acknowledgement_delay = "30 s"') + 1]
    delay = BUILT_IN.profile(Kind.MTA, "exchange-2010").table("receive_connector")[
        "max_acknowledgement_delay"
    ]
    assert below.startswith(f"    # {Certainty.CONFIRMED.value}: {delay.source[:20]}")
    assert '[receive_connectors."Client HUB"]' in result.stdout
    assert "exchange-2007" not in result.stdout


@pytest.mark.parametrize("kind", ["mta", "host", "destination", "blocklist"])
def test_all_profiles_of_a_kind_fit_the_terminal(kind):
    result = relaysim("profiles", kind)
    assert result.exit_code == 0
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_profiles_as_json_have_value_source_and_certainty():
    result = json.loads(relaysim("profiles", "host", "printer", "--json").stdout)
    sessions = BUILT_IN.profile(Kind.HOST, "printer").table("host")["sessions"]
    assert result["profiles"]["printer"]["hosts.NAME"]["sessions"] == {
        "value": sessions.value,
        "source": sessions.source,
        "certainty": Certainty.ASSUMPTION.value,
    }
