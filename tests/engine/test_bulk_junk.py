"""A share of bulk mail in the junk folder, though nothing is against the sender."""

from math import sqrt

import pytest
from worlds.ground_truth import stated
from worlds.small_world import Played, play

from relaysim.profiles.collection import BUILT_IN
from relaysim.profiles.kind import Kind
from relaysim.scenario.load import loads
from relaysim.scenario.problem import ScenarioError
from relaysim.trace.tables import first_divergence

LIST = "[hosts.app.streams.load.mailing_list]\naddresses = 5000"
COUNT = 2000
MAIL = {"app.load": [float(n) for n in range(COUNT)]}


def junk(share: object) -> str:
    return f"[destinations.sink]\nbulk_junk = {share}"


def junked(run: Played) -> int:
    return run.statuses("app.load").count("junked")


@pytest.mark.parametrize("stream", [LIST, "[hosts.app.streams.load]\nculprit = true"])
def test_the_share_holds_for_mailing_lists_and_culprits(stream: str) -> None:
    run = play(junk(0.2), stream, mail=MAIL)
    assert abs(junked(run) - 0.2 * COUNT) < 3 * sqrt(COUNT * 0.2 * 0.8)
    assert set(run.statuses("app.load")) == {"junked", "delivered"}


def test_mail_of_people_and_transactions_is_not_touched() -> None:
    """The same trace, row for row, with all of the bulk mail in junk and with none."""
    all_junk, none = play(junk(1.0), mail=MAIL), play(junk(0.0), mail=MAIL)
    assert first_divergence(all_junk.trace, none.trace) is None


def test_nothing_but_the_status_changes() -> None:
    """Junk is not late: with and without the share every recipient ends at the same time."""
    with_share, without = play(junk(0.3), LIST, mail=MAIL), play(junk(0.0), LIST, mail=MAIL)
    assert [end for end, _ in with_share.ends("app.load")] == [
        end for end, _ in without.ends("app.load")
    ]
    assert junked(without) == 0


def test_a_larger_share_junks_the_same_recipients_and_more() -> None:
    less, more = (
        {
            n
            for n, status in enumerate(play(junk(of), LIST, mail=MAIL).statuses("app.load"))
            if status == "junked"
        }
        for of in (0.1, 0.3)
    )
    assert less < more


PANEL = {
    "gmail": 0.10,
    "outlook": 0.22,
    "yahoo": 0.13,
    "apple": 0.18,
    "m365-business": 0.17,
    "secure-gateway": 0.21,
}


@pytest.mark.parametrize("profile", PANEL)
def test_a_panel_has_published_shares(profile: str) -> None:
    """A steady list of opted-in addresses: the share of the panel, within its error.

    Validity's report of 2026, inbox placement: Gmail 89.8 %, Microsoft 77.4, Yahoo 87.3, Office 365
    and Google Workspace 83.0, corporate filters 79.0 %.
    """
    warm = f"""
    [destinations.sink]
    profile = "{profile}"
    connect_failure = 0.0
    defer = 0.0
    bulk_junk = "panel"
    """
    run = play(warm, LIST, mail=MAIL)
    share = PANEL[profile]
    assert run.scenario.destinations["sink"].bulk_junk == share
    assert abs(junked(run) - share * COUNT) < 3 * sqrt(COUNT * share * (1 - share))


def test_the_shares_are_those_of_the_panel() -> None:
    shares = {
        name: BUILT_IN.profile(Kind.DESTINATION, name).properties.panel_junk
        for name in BUILT_IN.names(Kind.DESTINATION)
    }
    assert {name: share for name, share in shares.items() if share} == PANEL
    found = ", ".join(f"{share:.0%}".replace("%", " %") for share in PANEL.values())
    assert found == stated("Marketing mail in junk")


def test_the_word_needs_a_published_share() -> None:
    text = 'name = "x"\n[destinations.isp]\nprofile = "isp"\ndomain_count = 3\nbulk_junk = "panel"'
    with pytest.raises(ScenarioError) as caught:
        loads(text)
    assert "destinations.isp.bulk_junk: no panel has published a share for this profile" in str(
        caught.value
    ).replace("\n    ", " ").replace(' = "panel"', "")
