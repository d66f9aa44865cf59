"""The architecture report: the answer first, each number with its source, what was left out said."""

import dataclasses
import re
import shutil
from pathlib import Path

import pytest
from worlds.golden_text import message
from worlds.quantities import quantities
from worlds.small_comparison import LITTLE, SCENARIOS, comparison

from relaysim.measure.quantity import Quantity
from relaysim.present.report import report_files
from relaysim.present.report.report_files import write
from relaysim.present.report.report_sections import sections
from relaysim.present.report.report_workload import numbers, streams
from relaysim.present.text.caption import unseen
from relaysim.present.text.comparison import doubts
from relaysim.present.text.comparison_answer import decision, tally
from relaysim.profiles.value import Certainty
from relaysim.scenario.load import load
from relaysim.study.architecture import (
    Report,
    architecture_report,
    campaign_path,
    deciding,
    decisive,
    innocent_classes,
)
from relaysim.study.compare import compare
from relaysim.study.design_files import DesignFiles
from relaysim.study.execution.execution import Execution
from relaysim.study.execution.output_directory import OutputError
from relaysim.study.sampling import Sampling

ANCHORS = [
    *("answer", "designs", "workload", "day", "bad-day", "differences"),
    *("turning", "sizing", "limits", "provenance"),
]
"""The sections, in order."""


@pytest.fixture(scope="module")
def bare():
    """A comparison alone, without the studies that question it."""
    result = comparison()
    quantity, rival = decisive(result)
    return Report(result, quantity, rival, None, (), None, result.provenance)


@pytest.fixture(scope="module")
def made(bare):
    """The sections of the bare report."""
    return sections(bare)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A report with all its studies, of less mail: it takes more than a hundred runs."""
    files = [SCENARIOS / f"{name}.toml" for name in ("shared-hub", "listing-day")]
    settings = ("run.scale=0.005", "run.drain=6 h", "destinations.business.domain_count=20")
    result = architecture_report(
        DesignFiles.of(files, settings), Sampling(2), Execution(jobs=1, command="relaysim report x")
    )
    return result, write(result, tmp_path_factory.mktemp("report") / "out")


def test_the_sections_stand_in_the_order_in_which_they_are_read(made, golden):
    assert [each.anchor for each in made] == ANCHORS
    assert made[0].blocks[0].strong
    golden("reports/sections", "\n".join(each.title for each in made))


def test_what_was_not_looked_at_is_said(made, golden):
    blocks = [block for each in made for block in each.blocks]
    sentence = [block.text for block in blocks if block.kind == "paragraph"]
    sentence += [text for block in blocks if block.kind == "points" for text in block.items]
    without = [text for text in sentence if "--no-" in text]
    assert {"--no-flip", "--no-sensitivity"} <= {
        option for text in without for option in re.findall(r"--[\w-]+", text)
    }
    (larger,) = [each for each in made if each.anchor == "sizing"]
    golden("reports/left-out", message("\n".join([*without, larger.blocks[0].text])))


def tables(made):
    """The tables of sections, by section."""
    return {each.anchor: [block for block in each.blocks if block.kind == "table"] for each in made}


def test_every_table_says_its_seed_and_replications_or_that_it_is_the_scenarios(made):
    result = tables(made)
    of_scenario = result.pop("workload")
    assert sum(map(len, result.values())) >= 8
    for blocks in result.values():
        for block in blocks:
            assert {"2", "1"} <= quantities(block.origin), block.grid.title
    assert all(block.origin for block in of_scenario)


def first_named(report, sentence):
    """The design that a sentence names first."""
    names = sorted((each.name for each in report.comparison.scenarios), key=len, reverse=True)
    return re.search("|".join(names), sentence)[0]


def test_how_mail_was_lost_is_no_merit_of_a_design(bare, golden_section):
    result = bare.comparison
    losses = result.comparisons["metric"].isin(["bounced", "expired"])
    others = result.comparisons["scope"].isin(["class", "total"]) & ~losses
    frame = result.comparisons.copy()
    frame.loc[losses, "verdict"] = "better"
    frame.loc[others, "verdict"] = "not decided"
    changed = dataclasses.replace(bare, comparison=dataclasses.replace(result, comparisons=frame))
    same = decision(changed.comparison, changed.quantity)
    frame.loc[frame["metric"] == "on_time", "verdict"] = "worse"
    stay = decision(changed.comparison, changed.quantity)
    assert same != stay
    assert first_named(bare, stay) == "shared-hub"
    golden_section("reports/decision", message(f"{same}\n{stay}"))


def test_one_replication_decides_nothing(bare, golden_section):
    alone = dataclasses.replace(bare.comparison, replications=1)
    text = decision(alone, bare.quantity)
    (doubt, _) = doubts(alone, "shared-hub", "listing-day", [])
    assert not any(name in text for name in ("shared-hub", *alone.streams))
    golden_section("reports/decision", message("\n".join([text, doubt.plain, unseen(1)])))


def test_a_table_names_the_confidence_of_the_intervals_that_it_has(made, golden):
    result = tables(made)
    origins = [block.origin for block in (*result["day"], *result["differences"])]
    late, others, apart = {"2", "95 %", "1"}, {"2", "1"}, {"2", "97.5 %", "1"}
    assert [quantities(origin) for origin in origins] == [
        *([late] * 3 + [others] * 4),
        # Two designs are compared with the base: Bonferroni.
        *(apart, apart, others),
    ]
    golden("reports/origins", "\n".join(dict.fromkeys(origins)))


def test_the_decision_names_the_design_that_is_better_and_never_worse(bare):
    counts = {
        name: tally(bare.comparison, name)
        for name in ("dedicated-hub-same-allocation", "listing-day")
    }
    text = decision(bare.comparison, bare.quantity)
    clear = [name for name, of in counts.items() if of["better"] and not of["worse"]]
    assert first_named(bare, text) in (clear or ["shared-hub"])


def test_names_and_titles_are_text_and_nothing_else_and_an_earlier_report_is_replaced(
    whole, tmp_path
):
    odd = '../<b>|"x'
    settings = [*LITTLE, f"name='{odd}'", "title='<script>alert(1)</script>'"]
    files = [SCENARIOS / "shared-hub.toml", SCENARIOS / "dedicated-hub.toml"]
    designs = [load(files[0], settings), load(files[1], LITTLE)]
    result = compare(*designs, replications=1, jobs=1, blast=False)
    quantity, rival = decisive(result)
    earlier = shutil.copytree(whole[1], tmp_path / "out")
    assert (earlier / "figures" / "sweep.png").is_file()
    report = Report(result, quantity, rival, None, (), None, result.provenance)
    place = write(report, earlier)
    assert place == earlier
    assert not (place / "figures" / "sweep.png").exists()
    html = (place / "report.html").read_text(encoding="utf-8")
    markdown = (place / "report.md").read_text(encoding="utf-8")
    for text in (html, markdown):
        assert "<script>" not in re.sub(r"\\<", "", text)
    assert "<b>" not in html
    assert (place / "figures" / "design-1.png").is_file()


def test_the_workload_has_a_row_for_each_stream_and_a_source_for_each_number():
    design = load(SCENARIOS / "shared-hub.toml")
    rows = {row[0]: row for row in streams(design).rows}
    assert list(rows)[-1] == "marketing.newsletter"
    assert {"250/h", "6,000/d"} <= quantities(rows["users.correspondence"][2])
    assert "16000/d" in quantities(rows["internet.inbound"][2])
    assert "100/s" in quantities(rows["marketing.newsletter"][2])
    result = {row[0]: row[1:] for row in numbers(design).rows}
    value, source, sure = result["hubs.HUB01.message_expiration_timeout"]
    assert (value, sure) == ('"2 d"', Certainty.CONFIRMED.value)
    assert source == "Microsoft, Set-TransportServer, 2010 paragraphs"
    assert result["hubs.HUB01.categorize_cost"][2] == Certainty.ASSUMPTION.value
    assert all(source for _, source, _ in result.values())
    assert {sure for _, _, sure in result.values()} <= {each.value for each in Certainty}
    other = load(SCENARIOS / "shared-hub.toml", ["hubs.HUB01.max_outbound_connections=5"])
    stated = {row[0]: row[1:] for row in numbers(other).rows}["hubs.HUB01.max_outbound_connections"]
    assert stated[0] == "5"
    assert stated[2] not in {each.value for each in Certainty}


def test_the_load_that_is_varied_is_the_campaign_of_a_culprit():
    shared = load(SCENARIOS / "shared-hub.toml")
    path = "hosts.marketing.streams.newsletter.arrivals.messages"
    assert campaign_path([shared, shared]) == path
    assert campaign_path([shared, load(SCENARIOS / "connectors-only.toml")]) == "run.scale"
    assert innocent_classes(shared) == ["corporate", "system", "transactional"]


def test_the_assumptions_that_are_tried_are_of_core_time_and_of_lists():
    files = [SCENARIOS / "shared-hub.toml", SCENARIOS / "dedicated-hub.toml"]
    paths = [each.path for each in deciding(DesignFiles.of(files))]
    costs = [f"hubs.HUB01.{step}_cost.base" for step in ("receive", "categorize", "send")]
    assert paths[:3] == costs
    assert paths[3] == "hosts.users.streams.correspondence.trap_rate"
    assert {"blocklists.css.tolerated_rate", "blocklists.css.trap_share"} < set(paths[3:])
    assert any(".refuses_on." in path for path in paths)
    assert len(paths) == 12


def test_html_and_markdown_say_the_same_and_a_report_replaces_only_its_own(whole, monkeypatch):
    result, place = whole
    html = (place / "report.html").read_text(encoding="utf-8")
    markdown = (place / "report.md").read_text(encoding="utf-8")
    titles = re.findall(r"<h2[^>]*>(.+?)</h2>", html)
    assert titles == re.findall(r"(?m)^## (.+)$", markdown)
    assert len(titles) == len(ANCHORS)
    names = re.findall(r"\]\(figures/(.+?)\.png\)", markdown)
    assert sorted(names) == sorted(each.stem for each in (place / "figures").iterdir())
    assert html.count("<img ") == len(names) >= 8
    assert result.flips is not None
    assert result.turning is not None
    (place / "mine.txt").write_text("mine", encoding="utf-8")
    # The place is refused before anything is drawn.
    monkeypatch.setattr(report_files, "sections", None)
    with pytest.raises(OutputError, match=r"mine\.txt"):
        write(result, place)
    (place / "mine.txt").unlink()


def test_the_decisive_figure_is_of_innocent_mail(whole):
    result, _ = whole
    assert isinstance(result.quantity, Quantity)
    assert result.quantity.metric == "on_time"
    assert result.quantity.subject.split(".")[0] in ("corporate", "system", "transactional")
    assert isinstance(SCENARIOS, Path)


def test_a_design_that_sends_less_mail_is_no_answer(bare, golden_section):
    result = bare.comparison
    other, listed = list(result.streams)
    fewer = {**result.streams, other: frozenset({"users.correspondence"})}
    changed = dataclasses.replace(bare, comparison=dataclasses.replace(result, streams=fewer))
    text = decision(changed.comparison, changed.quantity)
    assert text.count(other) == 1
    neither = dataclasses.replace(result, streams=dict.fromkeys((other, listed), frozenset()))
    none = decision(neither, bare.quantity)
    assert other not in none
    golden_section("reports/decision", message(f"{text}\n{none}"))


def test_a_backslash_of_a_scenario_stays_one_in_markdown():
    from relaysim.present.report.report_files import _cell, _plain

    assert _plain(r"NT AUTHORITY\[x]") == r"NT AUTHORITY\\\[x\]"
    assert _cell("a\\|b") == r"a\\\|b"
