"""Reach: how likely a fresh message is refused, from what is published and what domains do."""

from dataclasses import replace

import numpy as np
import pytest
from worlds.coupled_story import CULPRIT, SOON, Coupling, lost
from worlds.trace_story import LISTED, NAMES, Story, scenario

from relaysim.mail.provider_state import State
from relaysim.measure.blast.delivering_ips import targets
from relaysim.measure.blast.refusal_probability import Reach
from relaysim.measure.measured_window import Window
from relaysim.trace.tables import Level
from relaysim.traffic.workload import Draws

MIRROR = "blocklists.css.mirror_delay='30 min'"


def world(*changes: str):
    """Mail leaves by the first IP; half of the alerts stay inside, half go to Gmail."""
    return scenario([*CULPRIT, "send_connectors.internet.source_transport_servers=['HUB01']",
                     "hosts.app.streams.alerts.to={internal=0.5, gmail=0.2, business=0.3}",
                     "hubs.HUB01.receive_connectors.relay.permissions=[{user='NT AUTHORITY\\ANONYMOUS LOGON',"
                     " extended_rights=['Ms-Exch-SMTP-Accept-Any-Recipient']}]",
                     *changes])  # fmt: skip


def policies(**arrays) -> Draws:
    """One of two business domains uses the list, and Gmail does."""
    uses = np.array([[False], [True], [False], [True]])
    return replace(Story().draws(), uses=uses, **arrays)


def hours(story: Story, draws: Draws, *changes: str) -> float:
    made = world(*changes)
    reach = Reach.of(story.trace(20_000), made, draws)
    assert reach.streams == ("app.alerts",)
    return float(reach.hours(Window.of(made))[0])


def test_the_targets_of_a_stream_follow_from_routing() -> None:
    result = [t for t in targets(world(), policies(), NAMES) if t.stream == "app.alerts"]
    assert [(t.share, t.egress, list(t.domains)) for t in result] == [
        (0.2, 0, [3]),
        (0.3, 0, [1, 2]),
    ]
    assert {t.sender for t in result} == {"cozumpark.com"}


def test_a_listing_reaches_the_domains_that_use_the_list_and_reject() -> None:
    story = Story()
    story.listing("198.51.100.10", 3600, 3 * 3600)
    # Gmail, and half of the business domains, for two hours.
    assert hours(story, policies()) == pytest.approx(2 * (0.2 + 0.3 / 2))
    gmail_defers = policies(action=np.array([0, 0, 0, 1], np.int8))
    assert hours(story, gmail_defers) == pytest.approx(2 * 0.3 / 2)
    gmail_scores = policies(action=np.array([0, 0, 0, 2], np.int8))
    assert hours(story, gmail_scores) == pytest.approx(2 * 0.3 / 2)


def test_only_what_is_published_of_the_own_ip_within_the_window_counts() -> None:
    story = Story()
    story.listing("203.0.113.25", 0, 3600)  # another IP
    story.listing("198.51.100.10", 0, 3600, against=2)  # culprits alone
    assert hours(story, policies()) == 0
    story.listing("198.51.100.10", 4 * 3600, -1)  # outlives the run; the window has five hours
    assert hours(story, policies()) == pytest.approx(0.35)
    assert hours(story, policies(), 'run.warm_up="4.5 h"') == pytest.approx(0.35 / 2)


def test_overlapping_listings_do_not_add_up() -> None:
    story = Story()
    story.listing("198.51.100.10", 0, 2 * 3600)
    story.listing("198.51.100.10", 3600, 3 * 3600)
    assert hours(story, policies()) == pytest.approx(3 * 0.35)


def test_a_mirror_learns_later_of_the_beginning_and_of_the_end() -> None:
    story = Story()
    story.listing("198.51.100.10", 3600, 7200)
    mirrors = policies(mirrors=np.array([False, True, True, False]))
    reach = Reach.of(story.trace(20_000), world(MIRROR), mirrors)
    assert (reach.times / 3600e6).tolist() == [0, 1, 1.5, 2, 2.5]
    assert reach.refused[:, 0] == pytest.approx([0, 0.2, 0.35, 0.15, 0])


def test_a_refusal_at_the_greeting_refuses_no_mail_if_the_hub_treats_it_as_a_failure() -> None:
    story = Story()
    story.listing("198.51.100.10", 0, 3600)
    greeting = policies(stage=np.array([2, 2, 2, 0], np.int8))
    skips = "hubs.HUB01.skip_5xx_greeting"
    assert hours(story, greeting, f"{skips}=true") == pytest.approx(0.15)
    assert hours(story, greeting, f"{skips}=false") == pytest.approx(0.35)


def test_a_providers_block_refuses_the_mail_of_that_ip_and_sender_domain() -> None:
    story = Story()
    for at, state in ((0, State.THROTTLE), (3600, State.BLOCK), (7200, State.GOOD)):
        story.level(Level.PROVIDER, 0, at, state)
    story.level(Level.PROVIDER, 1, 7300, State.BLOCK)  # the other IP
    assert hours(story, policies()) == pytest.approx(0.2)
    other = "hosts.app.streams.alerts.sender='app@alerts.cozumpark.com'"
    assert hours(story, policies(), other) == 0


def test_reach_times_what_is_sent_is_what_is_expected_to_be_refused() -> None:
    example = Coupling()
    example.scenario = world()
    for second in range(10):
        example.alert(3600 + 100 * second, SOON, SOON, SOON)
    for second in range(6):
        example.alert(7200 + 100 * second, lost(LISTED), SOON, SOON)
    example.alert(7900, SOON, SOON, SOON, to="cozumpark.com")  # stays inside
    example.treatment.listing("198.51.100.10", 7200 - 900, 7200 + 1800)
    result = example.values("stream", "app.alerts")
    # Gmail alone uses the list: 0.2 of all, 0.4 of those that go outside; a quarter of the first
    # hour, half of the second.
    assert result["reach_hours"] == pytest.approx(0.2 * 0.75)
    assert result["reach_refused"] == pytest.approx(0.4 * (10 * 0.25 + 6 * 0.5))
    assert example.values()["reach_refused"] == result["reach_refused"]
