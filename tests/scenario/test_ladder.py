"""The scenarios that come with the project: a ladder of designs, each one step from another."""

import tomllib
from pathlib import Path

import pytest

from relaysim.audit import Severity, check
from relaysim.plan.submission import submission_hubs
from relaysim.scenario.load import load
from relaysim.scenario.model import Scenario

ROOT = Path(__file__).parents[2]
LADDER = ROOT / "scenarios"
EXAMPLES = ROOT.parent / "shared" / "examples"
RUNGS = {
    "fresh-hub": None,
    "connectors-only": "fresh-hub",
    "shared-hub": "connectors-only",
    "shared-hub-default-ack": "shared-hub",
    "shared-hub-8-cores": "shared-hub",
    "shared-hub-priority": "shared-hub",
    "shared-hub-throttled": "shared-hub",
    "shared-hub-slow-campaign": "shared-hub",
    "listing-day": "shared-hub",
    "dedicated-hub-same-ip": "shared-hub",
    "dedicated-hub-same-allocation": "dedicated-hub-same-ip",
    "dedicated-hub": "dedicated-hub-same-ip",
    "dedicated-hub-warm": "dedicated-hub",
    "dedicated-hub-own-domain": "dedicated-hub",
    "small-company": "connectors-only",
    "campaign-optin": "small-company",
    "campaign-aged-list": "campaign-optin",
    "campaign-purchased-list": "campaign-optin",
    "campaign-aged-list-same-ip": "campaign-aged-list",
    "campaign-aged-list-same-allocation": "campaign-aged-list-same-ip",
    "campaign-aged-list-dedicated": "campaign-aged-list-same-ip",
    "campaign-aged-list-dedicated-warm": "campaign-aged-list-dedicated",
    "compromised-host": "small-company",
    "mm4": None,
    "today/exchange-se": None,
    "today/same-site": "exchange-se",
    "today/behind-a-load-balancer": "exchange-se",
    "today/own-site": "same-site",
    "today/perimeter": "exchange-se",
    "today/bulk-by-postfix": "exchange-se",
    "today/pool-with-warm-up": "bulk-by-postfix",
    "today/hybrid": "exchange-se",
    "today/bulk-by-ses": "bulk-by-postfix",
    "today/apps-by-smtp-auth": "exchange-se",
    "today/planner-today": None,
    "today/planner-second-ip": "planner-today",
    "today/planner-warm-ip": "planner-second-ip",
}


def rung(name: str) -> Scenario:
    return load(LADDER / f"{name}.toml")


def content(scenario: Scenario) -> dict[str, object]:
    return {key: value for key, value in scenario if key not in ("name", "title")}


def test_these_are_all() -> None:
    files = [*LADDER.glob("*.toml"), *LADDER.glob("today/*.toml")]
    assert {path.relative_to(LADDER).with_suffix("").as_posix() for path in files} == set(RUNGS)


@pytest.mark.parametrize(("name", "base"), RUNGS.items())
def test_each_rung_loads_and_extends_the_one_below(name: str, base: str | None) -> None:
    text = (LADDER / f"{name}.toml").read_text(encoding="utf-8")
    assert text.startswith("# ")
    tables = tomllib.loads(text)
    assert tables.get("extends") == (base and f"{base}.toml")
    scenario = rung(name)
    assert scenario.name == Path(name).name
    assert scenario.title
    assert base is None or content(scenario) != content(rung(str(Path(name).with_name(base))))


def test_of_the_ladder_of_today_only_the_second_server_of_a_site_is_no_dedicated_one() -> None:
    errors = {
        name: [each.check for each in check(rung(name)) if each.severity is Severity.ERROR]
        for name in RUNGS
        if name.startswith("today/")
    }
    assert errors == {
        "today/exchange-se": [],
        "today/same-site": ["front_end_spread"],
        "today/behind-a-load-balancer": [],
        "today/own-site": [],
        "today/perimeter": [],
        "today/bulk-by-postfix": [],
        "today/pool-with-warm-up": [],
        "today/hybrid": [],
        "today/bulk-by-ses": [],
        "today/apps-by-smtp-auth": [],
        "today/planner-today": [],
        "today/planner-second-ip": [],
        "today/planner-warm-ip": [],
    }
    users = rung("today/perimeter")
    assert submission_hubs(users) == ("HUB01",)


@pytest.mark.skipif(not EXAMPLES.is_dir(), reason="the shared examples are not here")
@pytest.mark.parametrize("name", ["shared-hub", "dedicated-hub", "listing-day", "mm4"])
def test_the_shared_examples_load_and_say_the_same(name: str) -> None:
    changes = {
        # The example of mm4 sets no deadline, and its drain is below the one that is assumed then.
        "mm4": ["hosts.app.streams.load.deadline=1 h"],
        # The listing of a whole afternoon is what the rung is about, whatever is requested.
        "listing-day": [
            'events=[{at="3 h", listing={of="marketing", blocklist="css", for="12 h", fixed=true}}]'
        ],
    }
    # The examples have five replications, the scenarios those of the default.
    settings = ["run.replications=30", *changes.get(name, [])]
    example = load(EXAMPLES / f"{name}.toml", settings)
    assert content(rung(name)) == content(example)


def test_a_fresh_hub_accepts_no_host_without_a_login() -> None:
    connectors = rung("fresh-hub").hubs["HUB01"].receive_connectors
    assert set(connectors) == {"Default HUB01", "Client HUB01"}
    assert not any("AnonymousUsers" in each.permission_groups for each in connectors.values())


def test_the_dedicated_designs_differ_in_their_ip() -> None:
    def whereabouts(name: str) -> tuple[object, object, object]:
        scenario = rung(name)
        egress = scenario.egress[scenario.hubs["HUB02"].egress]
        return scenario.hubs["HUB02"].egress, egress.allocation, egress.asn

    shared = rung("shared-hub").egress["198.51.100.10"]
    assert whereabouts("dedicated-hub-same-ip") == ("198.51.100.10", shared.allocation, 64500)
    near = whereabouts("dedicated-hub-same-allocation")
    assert near == ("198.51.100.11", shared.allocation, 64500)
    far = whereabouts("dedicated-hub")
    assert far[0] == "203.0.113.25"
    assert far[1:] != near[1:]
    assert whereabouts("dedicated-hub-own-domain") == far
    for name in ("same-ip", "same-allocation", "dedicated", "dedicated-warm"):
        other = "dedicated-hub" if name.startswith("dedicated") else f"dedicated-hub-{name}"
        assert whereabouts(f"campaign-aged-list-{name}") == whereabouts(other), name


def test_a_second_hub_is_dedicated_only_if_the_users_keep_to_the_first() -> None:
    for name in RUNGS:
        scenario = rung(name)
        if len(scenario.hubs) > 1 and name not in (
            "today/same-site",
            "today/behind-a-load-balancer",
        ):
            users = ("EX01", "EX02") if name.startswith("today/planner") else ("HUB01",)
            assert submission_hubs(scenario) == users, name
