"""What the administrator can do about a listing, and lists that nobody notices or gets off."""

import pytest
from relay_designs import DEDICATED, found, shared_hub

from relaysim.scenario.audit import Finding, Severity
from relaysim.scenario.model import Scenario

INNOCENT = "hosts.marketing.streams.newsletter.culprit=false"


def reaction(scenario: Scenario) -> Finding:
    (finding,) = found(scenario, "reaction")
    assert finding.severity is Severity.ADVICE
    return finding


def test_nothing_pausing_and_cleaning_are_possible() -> None:
    for word in ("nothing", "pause_culprit", "clean_list"):
        assert found(shared_hub(f"operations.on_listing={word}"), "reaction") == []


def test_without_a_culprit_there_is_nothing_to_do() -> None:
    assert found(shared_hub(INNOCENT), "reaction") == []
    finding = reaction(shared_hub(INNOCENT, "operations.on_listing=pause_culprit"))
    assert finding.place == "operations.on_listing"
    assert finding.reason == (
        'on_listing is "pause_culprit", but no stream is a culprit: nothing can be done.'
    )


def test_a_culprit_without_a_list_has_nothing_to_clean() -> None:
    finding = reaction(
        shared_hub(
            INNOCENT,
            "hosts.crm.streams.invoices.culprit=true",
            "operations.on_listing=clean_list",
        )
    )
    assert finding.reason == (
        'on_listing is "clean_list", but crm.invoices has no mailing_list to clean.'
    )


def move(target: str) -> str:
    return f'operations={{on_listing="move_culprit", move_to="{target}"}}'


def test_culprits_move_to_a_spare_ip() -> None:
    spare = 'egress."192.0.2.9"={allocation="192.0.2.8/29"}'
    scenario = shared_hub(spare, move("192.0.2.9"))
    assert found(scenario, "reaction") == []
    assert found(scenario, "unused") == []
    assert [each.place for each in found(shared_hub(spare), "unused")] == ['egress."192.0.2.9"']


def test_a_place_to_move_to_is_of_use_to_a_move_only() -> None:
    finding = reaction(shared_hub('operations.move_to="198.51.100.10"'))
    assert finding.place == "operations.move_to"
    assert finding.reason == 'move_to has no effect: on_listing is "nothing".'


def test_a_move_to_where_they_are_is_none() -> None:
    finding = reaction(shared_hub(move("198.51.100.10")))
    assert finding.place == "operations.move_to"
    assert finding.reason == (
        "marketing.newsletter leaves by 198.51.100.10 already: the move changes nothing."
    )


def test_a_move_to_where_the_others_are_takes_the_listing_along() -> None:
    finding = reaction(shared_hub(*DEDICATED, move("198.51.100.10")))
    assert finding.reason == (
        "198.51.100.10 carries users.correspondence and crm.invoices: the move takes the next "
        "listing there."
    )


def test_a_list_that_nobody_uses_harms_nobody() -> None:
    psbl = 'blocklists.psbl.profile="psbl"'
    (finding,) = found(shared_hub(psbl), "unused")
    assert (finding.severity, finding.place) == (Severity.NOTE, "blocklists.psbl")
    assert finding.reason == "No destination acts on it: who gets on this list does not notice."
    used = "destinations.business.refuses_on.psbl=0.02"
    assert found(shared_hub(psbl, used), "unused") == []


def test_a_list_without_an_end() -> None:
    sbl = 'blocklists.sbl.profile="spamhaus-sbl"'
    assert found(shared_hub(sbl), "endless_listing") == []
    (finding,) = found(shared_hub(sbl, "operations.delisting=never"), "endless_listing")
    assert (finding.severity, finding.place) == (Severity.NOTE, "blocklists.sbl")
    assert finding.reason == (
        "sbl keeps an IP until somebody has it removed, and nobody does: a listing lasts to the "
        "end of the run."
    )
    scripted = shared_hub('blocklists.own.profile="none"', "operations.delisting=never")
    assert found(scripted, "endless_listing") == []


def test_an_event_when_all_may_be_over() -> None:
    event = 'events=[{at="{}", outage={destination="gmail", for="1 h"}}]'
    assert found(shared_hub(event.replace("{}", "2 h")), "event_in_drain") == []
    (finding,) = found(shared_hub(event.replace("{}", "20 h")), "event_in_drain")
    assert (finding.severity, finding.place) == (Severity.NOTE, "events.0")
    assert finding.reason.startswith("At 20 h no more mail is made: the run ends as soon as all")


EVENT = 'events=[{{at="1 h", listing={{of="marketing", blocklist="css", for="{length}"}}}}]'
ASKS = (
    "operations.on_listing=pause_culprit",
    'operations.repair_time="2 h"',
    'operations.ndr_time="30 min"',
    'blocklists.css.delisting_time="20 min"',
)


def removed(*changes: str, length: str = "2 d") -> list[Finding]:
    return found(shared_hub(*ASKS, EVENT.format(length=length), *changes), "listing_removed")


def test_a_request_that_ends_a_scripted_listing_is_said_with_its_time() -> None:
    """Monday 9:00 to 12:00 until he looks, two office hours of repair, 20 minutes of removal."""
    (finding,) = removed()
    assert finding.place == "events.0.listing"
    assert finding.severity is Severity.NOTE
    assert finding.reason == (
        "css removes the IP of marketing on request: by the medians of monitor_every, ndr_time, "
        "repair_time and delisting_time the request comes 5 h after the listing begins and ends it "
        "after 5.3 h, by the rule of the list, not after the 2 d that the file writes."
    )
    assert finding.way_out.startswith("Write fixed = true in the listing")


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


def test_office_hours_and_the_next_build_count() -> None:
    """Nobody looks: an NDR after 30 minutes, and the list is built every six hours."""
    never = 'operations.monitor_every="unlimited"'
    (finding,) = removed(never, 'blocklists.css.build_interval="6 h"')
    assert "the request comes 2.5 h after the listing begins and ends it after 5 h" in (
        finding.reason
    )
    (finding,) = removed(never, "operations.delisting=at_once", "operations.on_listing=nothing")
    assert "comes 30 min after the listing begins and ends it after 50 min" in finding.reason
