"""What the administrator can do about a listing, and lists that nobody notices or gets off."""

import pytest
from worlds.golden_sections import Wording
from worlds.quantities import quantities
from worlds.relay_designs import DEDICATED, found, shared_hub

from relaysim.audit import Finding, Severity
from relaysim.scenario.model import Scenario

INNOCENT = "hosts.marketing.streams.newsletter.culprit=false"


def reaction(scenario: Scenario) -> Finding:
    (finding,) = found(scenario, "reaction")
    assert finding.severity is Severity.WARNING
    return finding


def test_nothing_pausing_and_cleaning_are_possible() -> None:
    for word in ("nothing", "pause_culprit", "clean_list"):
        assert found(shared_hub(f"operations.on_listing={word}"), "reaction") == []


def test_without_a_culprit_there_is_nothing_to_do(wording: Wording) -> None:
    assert found(shared_hub(INNOCENT), "reaction") == []
    finding = reaction(shared_hub(INNOCENT, "operations.on_listing=pause_culprit"))
    assert finding.place == "operations.on_listing"
    wording(finding)


def test_a_culprit_without_a_list_has_nothing_to_clean(wording: Wording) -> None:
    finding = reaction(
        shared_hub(
            INNOCENT,
            "hosts.crm.streams.invoices.culprit=true",
            "operations.on_listing=clean_list",
        )
    )
    assert "crm.invoices" in finding.reason
    wording(finding)


def move(target: str) -> str:
    return f'operations={{on_listing="move_culprit", move_to="{target}"}}'


def test_culprits_move_to_a_spare_ip() -> None:
    spare = 'egress."192.0.2.9"={allocation="192.0.2.8/29"}'
    scenario = shared_hub(spare, move("192.0.2.9"))
    assert found(scenario, "reaction") == []
    assert found(scenario, "unused") == []
    assert [each.place for each in found(shared_hub(spare), "unused")] == ['egress."192.0.2.9"']


def test_a_place_to_move_to_is_of_use_to_a_move_only(wording: Wording) -> None:
    finding = reaction(shared_hub('operations.move_to="198.51.100.10"'))
    assert finding.place == "operations.move_to"
    wording(finding)


def test_a_move_to_where_they_are_is_none(wording: Wording) -> None:
    finding = reaction(shared_hub(move("198.51.100.10")))
    assert finding.place == "operations.move_to"
    wording(finding)


def test_a_move_to_where_the_others_are_takes_the_listing_along(wording: Wording) -> None:
    finding = reaction(shared_hub(*DEDICATED, move("198.51.100.10")))
    assert finding.place == "operations.move_to"
    assert "users.correspondence" in finding.reason
    assert "crm.invoices" in finding.reason
    wording(finding)


def test_a_list_that_no_domain_uses_harms_no_mail(wording: Wording) -> None:
    abusix = 'blocklists.abusix.profile="abusix"'
    (finding,) = found(shared_hub(abusix), "unused")
    assert (finding.severity, finding.place) == (Severity.INFO, "blocklists.abusix")
    wording(finding)
    used = "destinations.business.refuses_on.abusix=0.02"
    assert found(shared_hub(abusix, used), "unused") == []


def test_a_list_without_an_end(wording: Wording) -> None:
    sbl = 'blocklists.sbl.profile="spamhaus-sbl"'
    assert found(shared_hub(sbl), "endless_listing") == []
    (finding,) = found(shared_hub(sbl, "operations.delisting=never"), "endless_listing")
    assert (finding.severity, finding.place) == (Severity.INFO, "blocklists.sbl")
    wording(finding)
    scripted = shared_hub('blocklists.own.profile="none"', "operations.delisting=never")
    assert found(scripted, "endless_listing") == []


def test_an_event_when_all_may_be_over(wording: Wording) -> None:
    event = 'events=[{at="{}", outage={destination="gmail", for="1 h"}}]'
    assert found(shared_hub(event.replace("{}", "2 h")), "event_in_drain") == []
    (finding,) = found(shared_hub(event.replace("{}", "20 h")), "event_in_drain")
    assert (finding.severity, finding.place) == (Severity.INFO, "events.0")
    assert "20 h" in quantities(finding.reason)
    wording(finding)


EVENT = 'events=[{{at="1 h", listing={{of="marketing", blocklist="css", for="{length}"}}}}]'
ASKS = (
    "operations.on_listing=pause_culprit",
    'operations.repair_time="2 h"',
    'operations.ndr_time="30 min"',
    'blocklists.css.delisting_time="20 min"',
)


def removed(*changes: str, length: str = "2 d") -> list[Finding]:
    return found(shared_hub(*ASKS, EVENT.format(length=length), *changes), "listing_removed")


def test_a_request_that_ends_a_scripted_listing_is_said_with_its_time(wording: Wording) -> None:
    """Monday 9:00 to 12:00 until he looks, two office hours of repair, 20 minutes of removal."""
    (finding,) = removed()
    assert finding.place == "events.0.listing"
    assert finding.severity is Severity.INFO
    assert quantities(finding.reason) >= {"5 h", "5.3 h", "2 d"}
    assert "fixed = true" in finding.fix
    wording(finding)


@pytest.mark.parametrize(
    ("changes", "length"),
    [
        ((), "5 h"),
        (("operations.on_listing=nothing",), "2 d"),
        (("operations.delisting=never",), "2 d"),
        (("coupling.reaction=false",), "2 d"),
        (('blocklists.css.delisting_time="none"',), "2 d"),
        (("blocklists.css.trigger=none", 'blocklists.css.delisting_time="3 d"'), "2 d"),
    ],
)
def test_a_listing_that_no_request_shortens_gets_no_note(
    changes: tuple[str, ...], length: str
) -> None:
    assert removed(*changes, length=length) == []


def test_office_hours_and_the_next_build_count(wording: Wording) -> None:
    """Nobody looks: an NDR after 30 minutes, and the list is built every six hours."""
    never = 'operations.monitor_every="unlimited"'
    (built,) = removed(never, 'blocklists.css.build_interval="6 h"')
    assert quantities(built.reason) >= {"2.5 h", "5 h"}
    (at_once,) = removed(never, "operations.delisting=at_once", "operations.on_listing=nothing")
    assert quantities(at_once.reason) >= {"30 min", "50 min"}
    wording(built, at_once)
