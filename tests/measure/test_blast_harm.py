"""Harm to innocent recipients: the recipients, the two causes, and the sum of the parts."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds.coupled_story import LATE, SOON, Coupling, End, lost, took
from worlds.trace_story import BLOCKED, LISTED, REFUSAL

from relaysim.measure.blast.innocent_mail import Innocents
from relaysim.measure.recipients import Recipients
from relaysim.study.stacked_metrics import Stack
from relaysim.trace.tables import Signal, Status


def test_harm_is_split_into_reputation_and_congestion() -> None:
    coupling = Coupling()
    coupling.alert(0, lost(LISTED), SOON, SOON)  # by a list: reputation
    coupling.alert(1, LATE, LATE, SOON)  # behind the newsletter: congestion
    coupling.alert(2, SOON, LATE, SOON)  # relieved: bounced bulk left the queue
    coupling.alert(3, took(4), took(3), took(1))  # later, and early enough
    coupling.alert(4, took(2, Status.JUNKED), SOON, SOON)
    coupling.news(5, lost(LISTED), SOON)
    result = coupling.values()
    assert result["blast_reputation"] == (1 - 1) / 5
    assert result["blast_congestion"] == 2 / 5
    assert result["blast_radius"] == 2 / 5
    assert result["blast_junk"] == 1 / 5
    assert (result["harmed"], result["refused_innocents"]) == (2, 1)
    assert (result["junked_innocents"], result["late_innocents"]) == (1, 1)
    assert result["delay_hours"] == pytest.approx((18 + 3) / 3600)


def test_each_recipient_counts_for_one_kind_of_toll_and_only_what_the_culprits_add() -> None:
    coupling = Coupling()
    junked_late = took(20, Status.JUNKED)
    coupling.alert(0, lost(LISTED), SOON, SOON)
    coupling.alert(1, junked_late, SOON, SOON)  # late, not junked too
    coupling.alert(2, took(3, Status.JUNKED), SOON, SOON)
    coupling.alert(3, took(90, Status.EXPIRED), SOON, SOON)
    coupling.alert(4, LATE, SOON, LATE)  # late without the culprits as well
    coupling.alert(5, took(90, Status.EXPIRED), SOON, took(90, Status.EXPIRED))
    coupling.alert(6, took(3, Status.JUNKED), SOON, took(3, Status.JUNKED))
    result = coupling.values()
    assert [result[f"{kind}_innocents"] for kind in ("refused", "late", "junked")] == [1, 1, 1]
    assert result["harmed"] == 3


@settings(deadline=None, max_examples=50)
@given(
    st.lists(
        st.tuples(*[st.sampled_from((SOON, LATE, lost(LISTED), took(3, Status.JUNKED)))] * 3),
        min_size=1,
        max_size=12,
    )
)
def test_the_parts_add_up_exactly_recipient_by_recipient(
    recipients: list[tuple[End, End, End]],
) -> None:
    coupling = Coupling()
    for number, ends in enumerate(recipients):
        coupling.alert(number, *ends)
    result = coupling.values()
    count = len(recipients)
    parts = [round(result[f"blast_{part}"] * count) for part in ("reputation", "congestion")]
    assert result["blast_radius"] * count == pytest.approx(sum(parts))
    harm = [
        sum(recipient[run] in (LATE, lost(LISTED)) for recipient in recipients) for run in range(3)
    ]
    assert parts == [harm[0] - harm[1], harm[1] - harm[2]]


def test_the_end_of_the_run_judges_what_is_in_flight_and_the_deadline_what_comes_later() -> None:
    coupling = Coupling()
    coupling.alert(0, took(10), took(10.000001), SOON)
    coupling.alert(1, took(2, Status.IN_FLIGHT), SOON, SOON)
    for story in (coupling.treatment, coupling.control, coupling.absent):
        story.ends(1, -1 if story is coupling.treatment else 3, Status.DELIVERED)
    coupling.treatment.ends(1, -1, Status.IN_FLIGHT)
    result = coupling.values(end=5)
    # The second recipient has 6 s of its deadline left when the run ends.
    assert result["blast_reputation"] == (-1 + 1) / 2
    assert result["blast_congestion"] == 1 / 2
    assert result["harmed"] == 1


def test_only_innocent_recipients_of_the_window_count_and_no_dsn() -> None:
    coupling = Coupling(['run.warm_up="10 s"'])
    coupling.alert(5, lost(LISTED), SOON, SOON)
    coupling.alert(15, SOON, SOON, SOON)
    culprit = coupling.news(15, lost(LISTED), SOON)
    notice = coupling.treatment.message(
        "HUB01.dsn", ["gmail.com"], 16, connected=16, committed=16, parent=culprit
    )
    coupling.treatment.ends(coupling.treatment.recipient(notice), 17, Status.BOUNCED, LISTED)
    assert coupling.values()["blast_radius"] == 0
    assert coupling.values()["refused_innocents"] == 0


def test_a_share_weighs_recipients_with_the_weight_of_their_stream() -> None:
    coupling = Coupling(
        ["hosts.app.streams.alerts.weight=3", "hosts.app.streams.news.culprit=false"]
    )
    coupling.alert(0, lost(LISTED), SOON, SOON)
    for story in (coupling.treatment, coupling.control, coupling.absent):
        message = story.message("app.news", ["gmail.com"], 1, connected=1, committed=1)
        story.ends(story.recipient(message), 2)
    assert coupling.values()["blast_reputation"] == 3 / 4
    assert coupling.values()["innocent_weight"] == 4
    coupling.scenario = Coupling(
        ["hosts.app.streams.alerts.weight=0", "hosts.app.streams.news.culprit=false",
         "hosts.app.streams.news.weight=0"]
    ).scenario  # fmt: skip
    assert coupling.values()["blast_reputation"] == 1 / 2
    assert coupling.values()["innocent_weight"] == 2


def test_over_replications_harm_is_all_harm_over_all_weight() -> None:
    quiet, busy = Coupling(), Coupling()
    quiet.alert(0, lost(LISTED), SOON, SOON)
    quiet.news(1, lost(LISTED), SOON)
    for number in range(4):
        busy.alert(number, lost(LISTED) if number == 0 else SOON, SOON, SOON)
    for number in range(5):
        busy.news(4 + number, lost(LISTED), SOON)
    frames = [coupling.measured().metrics() for coupling in (quiet, busy)]
    result = Stack.of(frames).metrics("story").set_index(["scope", "subject", "metric"])["value"]
    for key in (("total", "total"), ("class", "system"), ("stream", "app.alerts")):
        assert result[(*key, "blast_reputation")] == pytest.approx(2 / 5)
        assert result[(*key, "innocent_weight")] == 5 / 2
    assert result["total", "total", "containment"] == pytest.approx(6 / 8)
    assert result["total", "total", "harmed_by_reputation"] == 8 / 2


def test_groups_hold_innocent_mail_alone() -> None:
    coupling = Coupling()
    coupling.alert(0, lost(LISTED), SOON, SOON)
    coupling.alert(1, SOON, SOON, SOON, to="cozumpark.com")
    coupling.news(2, lost(LISTED), SOON)
    frame = coupling.measured().metrics()
    own = frame[frame["metric"] == "blast_reputation"].set_index(["scope", "subject"])["value"]
    assert own["class", "system"] == 1 / 2
    assert own["class", "system.external"] == 1
    assert own["stream", "app.alerts"] == 1 / 2
    assert (own["destination", "gmail"], own["destination", "internal"]) == (1, 0)
    assert math.isnan(own["destination", "business"])
    assert ("stream", "app.news") not in own.index
    assert ("class", "bulk") not in own.index


def test_a_refusal_counts_under_the_list_that_it_cites_and_the_ip_that_it_met() -> None:
    coupling = Coupling()
    coupling.alert(0, lost(LISTED), SOON, SOON)
    coupling.alert(1, lost(BLOCKED), SOON, SOON)
    coupling.alert(2, lost(REFUSAL), SOON, SOON)  # for another reason
    assert coupling.values("blocklist", "css") == {"refused_innocents": 1}
    assert coupling.values("egress", "198.51.100.10") == {"refused_innocents": 2}
    assert coupling.values()["refused_innocents"] == 2
    assert coupling.values()["harmed"] == 3


def test_containment_and_leverage_relate_harm_to_signals() -> None:
    coupling = Coupling()
    coupling.alert(0, lost(LISTED), SOON, SOON)
    coupling.alert(1, LATE, LATE, SOON)  # congestion: no signal did that
    culprits = [coupling.news(2 + n, lost(LISTED), SOON) for n in range(3)]
    coupling.news(6, lost(REFUSAL), lost(REFUSAL))
    for recipient in culprits[:2]:
        coupling.treatment.signal(Signal.TRAP, recipient, 10)
    coupling.treatment.signal(Signal.COMPLAINT, 0, 10, subject=2)  # of innocent mail
    result = coupling.values()
    assert result["containment"] == 3 / 4
    assert result["harmed_by_reputation"] == 4
    assert result["leverage"] == 1 / 2


def test_without_signals_and_harm_there_is_neither() -> None:
    coupling = Coupling()
    coupling.alert(0, SOON, SOON, SOON)
    result = coupling.values()
    assert math.isnan(result["containment"])
    assert math.isnan(result["leverage"])


def test_breadth_counts_streams_and_hours_that_lost_a_hundredth() -> None:
    coupling = Coupling()
    for hour in (0, 1, 1):
        coupling.alert(3600 * hour, SOON, SOON, SOON)
    coupling.alert(3600 * 1 + 5, LATE, SOON, SOON)
    for number in range(101):
        coupling.alert(3600 * 2 + number, LATE if number == 0 else SOON, SOON, SOON)
    result = coupling.values()
    assert result["blast_hours"] == 1  # of the third hour's recipients less than 1 % were late
    assert result["blast_streams"] == result["innocent_streams"] == 1


def test_runs_that_differ_in_their_innocent_recipients_are_not_coupled() -> None:
    coupling = Coupling()
    coupling.alert(0, SOON, SOON, SOON)
    coupling.absent.message("app.alerts", ["gmail.com"], 9)
    runs = coupling.runs()
    with pytest.raises(ValueError, match="differ in their innocent recipients"):
        Innocents.of(runs, coupling.scenario, Recipients.of(runs.treatment, coupling.scenario))
