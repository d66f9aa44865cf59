"""The drawings of a run and of studies: each says its message, and all of it can be read."""

import dataclasses
import itertools
from functools import cache

import pytest
from matplotlib.colors import to_hex
from worlds.drawn import boxes, cut_off, laid_out, letters, shown, touching
from worlds.golden_text import flat
from worlds.lettering import CAPTION, title
from worlds.quantities import quantities
from worlds.refusals import refusal
from worlds.small_comparison import LITTLE, SCENARIOS, listing_day

from relaysim.measure.recipients import Recipients
from relaysim.present import figures
from relaysim.present.drawing import style
from relaysim.present.figure_registry import figures as of
from relaysim.present.figures import NothingToDrawError
from relaysim.present.figures.binding_limits import Limit, limits
from relaysim.present.figures.design_drawing import SHORT, Picture
from relaysim.present.figures.design_drawing import design as draw_design
from relaysim.present.figures.final_status import statuses
from relaysim.present.figures.mail_flows import Flow, Flows, Lost, Stop, flows
from relaysim.present.figures.queue_map import queues
from relaysim.scenario.load import load
from relaysim.study.replicate import trace_of
from relaysim.study.size import size
from relaysim.study.sweep import sweep
from relaysim.study.varied_values import Vary

NAMES = ("shared-hub", "dedicated-hub", "connectors-only", "small-company", "mm4", "fresh-hub")
MM4 = SCENARIOS / "mm4.toml"
SHORT_RUN = ("run.duration=400 s", "run.warm_up=0 s")
CONNECTIONS = "hubs.HUB01.max_per_domain_outbound_connections"
HUB, OTHER = Stop("hub", "HUB01"), Stop("hub", "HUB02")


@pytest.fixture(autouse=True)
def _on_paper():
    with style.paper():
        yield


@cache
def scenario(name, *changes):
    short = ("run.duration=3 d",) if name == "small-company" else ()
    return load(SCENARIOS / f"{name}.toml", [*LITTLE, *short, *changes])


@cache
def traced(name, *changes):
    """A scenario with little mail, and the trace of its first replication."""
    made = scenario(name, *changes)
    return made, trace_of(made, 0, 1)


def picture(name, *changes):
    made, trace = traced(name, *changes)
    return Picture(made, flows(trace, made), limits(trace, made), {})


@cache
def swept():
    """The queue of theory at three loads."""
    return sweep(
        MM4,
        {"run.scale": [0.6, 0.9, 1.2]},
        quantities=["total.on_time"],
        targets=["total.wait_delivery < 500 ms"],
        settings=SHORT_RUN,
        replications=3,
        jobs=1,
    )


@cache
def sized():
    """The connections that it takes."""
    asked = ["total.wait_delivery < 300 ms", "total.on_time > 99 %"]
    return size(MM4, {CONNECTIONS: range(4, 8)}, asked, settings=SHORT_RUN, most=10, jobs=1)


@pytest.fixture(scope="module")
def drawn():
    """All new figures, laid out."""
    results = {}
    with style.paper():
        for result in (listing_day(), swept(), sized()):
            results |= {name: draw() for name, draw in of(result).items()}
        for name in NAMES:
            results[name] = draw_design(picture(name), CAPTION)
        results["much"] = draw_design(much(), CAPTION)
        for figure in results.values():
            laid_out(figure)
    return results


def much():
    """A design with long names, large numbers and all limits at once."""
    ways = [
        (
            Stop("host", "a-marketing-system-with-a-long-name"),
            Stop("connector", "HUB01/externalrelay"),
        ),
        (Stop("host", "users"), Stop("submission", "HUB01")),
        (Stop("connector", "HUB01/externalrelay"), HUB),
        (Stop("submission", "HUB01"), HUB),
        (HUB, Stop("sending hub", "HUB02")),
        (HUB, Stop("mailbox", "HUB01")),
        (Stop("sending hub", "HUB02"), Stop("ip", "203.0.113.25")),
        (Stop("ip", "203.0.113.25"), Stop("destination", "gmail")),
        (Stop("ip", "203.0.113.25"), Stop("destination", "spamtraps")),
        (Stop("mailbox", "HUB01"), Stop("destination", "internal")),
    ]
    result = Flows(
        [Flow(*way, culprit=i % 2 == 0, recipients=10 ** (i % 7)) for i, way in enumerate(ways)],
        [Lost(end, "in_flight", 12) for _, end in ways],
    )
    printed = [
        Limit(end, "20 connections a domain, up to 1,234,567 wait", "x", "y") for _, end in ways
    ]
    return Picture(scenario("dedicated-hub"), result, printed, {"203.0.113.25": "listed for 5 h"})


FIGURES = [
    *("design", "statuses", "queues", "qshape", "sweep", "evidence"),
    *NAMES,
    "much",
]


@pytest.mark.parametrize("name", [*FIGURES[:6], "much"])
def test_what_is_written_on_it(drawn, name, golden):
    golden(f"figures/{name}", letters(drawn[name]))


@pytest.mark.parametrize("name", FIGURES)
def test_nothing_is_cut_off(drawn, name):
    assert cut_off(drawn[name]) == []


@pytest.mark.parametrize("name", FIGURES)
def test_no_text_touches_another(drawn, name):
    assert touching(drawn[name]) == []


@pytest.mark.parametrize("name", ["design", "statuses", *NAMES, "much"])
def test_boxes_stand_apart_and_hold_their_text(drawn, name):
    (panel,) = drawn[name].axes
    result = boxes(panel)
    for one, other in itertools.combinations(result, 2):
        beside = one[2] <= other[0] or other[2] <= one[0]
        assert beside or one[3] <= other[1] or other[3] <= one[1]
    renderer = panel.transData.inverted()
    for text in panel.texts:
        x, y = text.get_position()
        for left, top, right, bottom in result:
            if left <= x <= right and top <= y <= bottom:
                assert renderer.transform(text.get_window_extent())[1][0] <= right


@pytest.mark.parametrize("name", ["design", "statuses", "queues", "qshape", "sweep", "evidence"])
def test_each_says_where_it_comes_from(drawn, name):
    figure = drawn[name]
    assert "1" in quantities(figure.origin)  # the seed
    assert figure.alt.startswith(figure.message)


def test_a_run_is_drawn_twice_with_the_same_bytes(drawn, tmp_path):
    files = figures.draw(of(dataclasses.replace(listing_day())), tmp_path / "one")
    once = {name: lambda name=name: drawn[name] for name in FIGURES[:4]}
    again = figures.draw(once, tmp_path / "two")
    assert [file.name for file in files] == [
        f"{name}.{kind}" for name in FIGURES[:4] for kind in ("png", "svg")
    ]
    for one, two in zip(files, again, strict=True):
        assert one.read_bytes() == two.read_bytes()


# What flows where.


@pytest.mark.parametrize("name", [*NAMES, "listing-day"])
def test_what_comes_to_a_stop_goes_on_or_is_lost_there(name):
    made, trace = traced(name)
    result = flows(trace, made)
    recipients = Recipients.of(trace, made)
    through = int((recipients.counted & ~recipients.dsn & (recipients.latency >= 0)).sum())
    for stop in result.stops():
        went = sum(flow.recipients for flow in result.flows if flow.start == stop)
        lost = sum(each.recipients for each in result.losses if each.at == stop)
        if stop.kind == "host":
            assert result.through(stop) == went + lost
        elif stop.kind == "destination":
            through -= result.through(stop) - lost
        else:
            assert result.through(stop) == went + lost
    assert through == 0


def test_a_hub_as_installed_refuses_strangers_at_its_connector(drawn):
    lost = picture("fresh-hub").flows.losses
    assert {(each.at, each.status) for each in lost} == {
        (Stop("connector", "HUB01/Default HUB01"), "refused")
    }
    many = sum(each.recipients for each in lost)
    text = title(drawn["fresh-hub"])
    assert text.startswith("fresh-hub: ")
    assert "Default HUB01" in text
    assert f"{many:,}" in quantities(text)


def test_mail_that_is_handed_on_has_two_hubs():
    changes = (
        'send_connectors.internet.source_transport_servers=["HUB02"]',
        'hubs.HUB02.receive_connectors."Default HUB02"={bindings=["0.0.0.0:25"], '
        'remote_ip_ranges=["0.0.0.0-255.255.255.255"], permission_groups=["ExchangeServers"], '
        'auth_mechanism=["Tls", "ExchangeServer"]}',
    )
    made, trace = traced("dedicated-hub", *changes)
    result = flows(trace, made)
    (handed,) = (flow for flow in result.flows if flow.end.kind == "sending hub")
    assert (handed.start, handed.end.name, handed.culprit) == (HUB, "HUB02", False)
    assert {flow.start for flow in result.flows if flow.end.kind == "ip"} == {
        OTHER,
        Stop("sending hub", "HUB02"),
    }


def test_culprits_have_bands_of_their_own():
    own = [flow for flow in picture("shared-hub").flows.flows if flow.culprit]
    assert {flow.start.name for flow in own if flow.start.kind == "host"} == {"marketing"}
    assert {flow.end for flow in own if flow.end.kind == "connector"} == {
        Stop("connector", "HUB01/externalrelay")
    }


def test_without_mail_there_is_no_design():
    with pytest.raises(NothingToDrawError, match=r"^."):
        draw_design(Picture(scenario("mm4"), Flows([], []), [], {}), CAPTION)


# What is short.


@pytest.mark.parametrize(
    ("changes", "stop", "number"),
    [
        pytest.param(["hubs.HUB01.categorize_cost.base=2 s"], HUB, "4", id="cores"),
        pytest.param(
            ["lines.main.bandwidth=200 kbit/s"],
            Stop("ip", "198.51.100.10"),
            "200 kbit/s",
            id="line",
        ),
        pytest.param(
            ["hubs.HUB01.max_concurrent_mailbox_deliveries=1", "mailboxes.delivery_time.mean=20 s"],
            Stop("mailbox", "HUB01"),
            "1",
            id="mailbox",
        ),
        pytest.param(
            ["destinations.gmail.response_time.mean=30 s", f"{CONNECTIONS}=1"],
            Stop("destination", "gmail"),
            "1",
            id="connections",
        ),
        pytest.param(
            ["destinations.business.response_time.mean=30 min", f"{CONNECTIONS}=1"],
            Stop("destination", "business"),
            "1",
            id="connections a domain",
        ),
        pytest.param(
            ["destinations.gmail.connect_failure=1"],
            Stop("destination", "gmail"),
            "33.4 h",
            id="retry",
        ),
        pytest.param(
            [
                "hosts.marketing.streams.newsletter.arrivals.rate=5000/s",
                "hosts.marketing.sessions=1",
            ],
            Stop("host", "marketing"),
            "1",
            id="sessions",
        ),
    ],
)
def test_what_is_waited_for_binds(changes, stop, number, golden_section):
    made, trace = traced("shared-hub", "destinations.business.domain_count=2", *changes)
    text = [each.text for each in limits(trace, made) if each.stop == stop]
    assert any(number in quantities(each) for each in text), text
    golden_section("figures/limits", "\n".join(text))


def test_an_idle_design_is_short_of_nothing(drawn):
    assert picture("connectors-only").limits == []
    assert title(drawn["connectors-only"]).startswith("connectors-only: ")


def test_the_queue_of_theory_is_short_of_its_connections():
    made = load(MM4, SHORT_RUN)
    (limit,) = limits(trace_of(made, 0, 1), made)
    assert limit.stop == Stop("destination", "sink")
    assert limit.whose == "example.org"
    idle = load(MM4, [*SHORT_RUN, "run.scale=0.4"])
    assert limits(trace_of(idle, 0, 1), idle) == []


def test_a_limit_that_binds_is_red_and_named_in_the_title(drawn):
    (panel,) = drawn["much"].axes
    edges = {to_hex(patch.get_edgecolor()).upper() for patch in panel.patches}
    assert SHORT in edges
    text = title(drawn["much"])
    assert text.startswith("dedicated-hub: ")
    assert " x (y)" in text  # the kind of limit, and whose it is
    (calm,) = drawn["connectors-only"].axes
    assert SHORT not in {to_hex(patch.get_edgecolor()).upper() for patch in calm.patches}


def test_a_listed_ip_is_red_too(drawn):
    words = " ".join(text.get_text() for text in drawn["design"].axes[0].texts)
    assert "100 %" in quantities(flat(words))


# The others.


def test_statuses_name_each_class_with_its_count_and_share(drawn):
    (panel,) = drawn["statuses"].axes
    words = [text.get_text() for text in panel.texts]
    result = listing_day().metrics.set_index(["scope", "subject", "metric"])["value"]
    total = result["total", "total", "created"]
    bounced = result["total", "total", "bounced"]
    assert words.count("bounced") == 1
    assert f"{100 * bounced / total:.2f} %" in words
    assert "listing-day" in title(drawn["statuses"])


def test_a_single_recipient_has_a_band_that_can_be_seen():
    frame = listing_day().metrics
    one = frame["metric"].eq("expired") & frame["subject"].isin(["bulk", "total"])
    figure = statuses(frame.assign(value=frame["value"].mask(one, 1.0)), "listing-day", CAPTION)
    (panel,) = figure.axes
    heights = [
        patch.get_path().vertices[[0, 7], 1]
        for patch in panel.patches
        if to_hex(patch.get_facecolor()).upper() == "#F28A1E"
    ]
    assert min(below - above for above, below in heights) >= 0.012 - 1e-9
    assert "expired" in [text.get_text() for text in panel.texts]


def test_without_mail_there_are_no_statuses_and_no_queues():
    frame = listing_day().metrics.assign(value=0.0)
    with pytest.raises(NothingToDrawError, match=r"^."):
        statuses(frame, "listing-day", CAPTION)
    calm = listing_day().series.backlog * 0.0
    with pytest.raises(NothingToDrawError, match=r"^."):
        queues(calm, frame, scenario("listing-day"), CAPTION)


def test_the_queue_with_the_worst_hour_is_on_top():
    backlog = listing_day().series.backlog * 0.0
    backlog.loc[7200.0:7320.0, "HUB01->gmail.com"] = 30_000.0
    backlog.loc[:3540.0, "HUB01.submission"] = 200.0
    figure = queues(backlog, listing_day().metrics, scenario("listing-day"), CAPTION)
    panel = figure.axes[0]
    assert [label.get_text() for label in panel.get_yticklabels()] == [
        *("HUB01->gmail.com", "HUB01.submission"),
    ]
    text = title(figure)
    assert "1,500" in quantities(text)
    assert all(part in text for part in ("listing-day", "10:00", "HUB01->gmail.com"))
    edges = [patch.get_xy()[0] for patch in panel.patches]
    assert edges == [7200.0, 0.0]


def test_a_long_run_has_wider_columns():
    backlog = listing_day().series.backlog.head(60) * 0.0 + 1.0
    design = scenario("listing-day")
    long = design.run.model_copy(update={"duration": 28 * 86_400_000_000})
    design = design.model_copy(update={"run": long})
    figure = queues(backlog, listing_day().metrics, design, CAPTION)
    assert "6" in quantities(title(figure))
    assert "08:00" in title(figure)


def test_qshape_shows_the_counts_of_its_table(drawn):
    panel = drawn["qshape"].axes[0]
    rows = [label.get_text() for label in panel.get_yticklabels()]
    assert rows[0] == "TOTAL"
    counts = {}
    for text in panel.texts:
        x, y = text.get_position()
        counts[rows[round(y)], round(x)] = int(text.get_text().replace(",", ""))
    whole = sum(many for (name, x), many in counts.items() if name == "TOTAL" and x >= 0)
    assert counts["TOTAL", -1] == whole
    assert whole == sum(many for (name, x), many in counts.items() if name != "TOTAL" and x < 0)


def test_a_sweep_names_and_marks_the_limit_of_its_target(drawn):
    figure = drawn["sweep"]
    (limit,) = swept().limits
    text = title(figure)
    assert {"500 ms", f"{limit.value:.3g}"} <= quantities(text)
    assert all(name in text for name in ("total.wait_delivery", "run.scale", "mm4"))
    panel = figure.axes[1]
    marks = [line.get_xdata()[0] for line in panel.lines if line.get_marker() == "D"]
    assert marks == [limit.value]
    assert [axes.get_title("left") for axes in figure.axes] == [
        *("total.on_time", "total.wait_delivery"),
    ]
    dashed = [line.get_ydata()[0] for line in panel.lines if set(line.get_xdata()) == {0, 1}]
    assert dashed == [0.5]


def test_a_line_goes_straight_from_point_to_point_also_on_a_log():
    figure = of(swept())["sweep"]()
    line = figure.axes[1].lines[0]
    x, y = line.get_data()
    points = swept().points
    ends = points["total.wait_delivery"].to_numpy()[:2]
    middle = abs(x - 0.75).argmin()
    share = (x[middle] - 0.6) / 0.3
    assert y[middle] == pytest.approx(ends[0] + share * (ends[1] - ends[0]))


def test_a_grid_has_a_panel_for_each_value_of_the_other_path():
    grid = {CONNECTIONS: [4, 5], "run.scale": [0.6, 0.9, 1.0]}
    result = sweep(
        MM4, grid, quantities=["total.on_time"], settings=SHORT_RUN, replications=1, jobs=1
    )
    figure = of(result)["sweep"]()
    assert [axes.get_title("left").split("\n")[-1] for axes in figure.axes] == [
        *(f"max_per_domain_outbound_connections = {n}" for n in (4, 5)),
    ]
    assert {axes.get_xlabel() for axes in figure.axes} == {"run.scale"}


@pytest.mark.parametrize(
    ("varied", "names", "numbers"),
    [
        pytest.param([Vary("run.scale", ("1",))], [], set(), id="one point"),
        pytest.param(
            [Vary("hubs.HUB01.cores", tuple("12345")), Vary("run.scale", tuple("123456"))],
            ["hubs.HUB01.cores"],
            {"5", "4"},
            id="five lines",
        ),
    ],
)
def test_a_result_that_cannot_be_drawn_as_a_sweep_has_a_reason(
    varied, names, numbers, golden_section
):
    result = dataclasses.replace(swept(), varied=tuple(varied))
    text = refusal(NothingToDrawError, of(result)["sweep"])
    assert all(name in text for name in names)
    assert numbers <= quantities(text)
    golden_section("figures/none", text)


def test_words_are_varied_too():
    vary = {"hubs.HUB01.priority_queuing_enabled": ["false", "true"]}
    result = sweep(MM4, vary, settings=SHORT_RUN, replications=2, jobs=1)
    figure = of(result)["sweep"]()
    laid_out(figure)
    labels = [label.get_text() for label in figure.axes[-1].get_xticklabels()]
    assert labels == ["false", "true"]


def test_the_evidence_marks_the_answer_and_each_verdict(drawn):
    figure, result = drawn["evidence"], sized()
    values = list(dict.fromkeys(result.evidence["value"]))
    assert title(figure).startswith(f"mm4: {CONNECTIONS} = {result.value} ")
    for panel, target in zip(figure.axes, result.targets, strict=True):
        rows = result.evidence[result.evidence["target"] == target.text]
        marks = [line for line in panel.lines if line.get_marker() in "^vx"]
        places = {int(line.get_xdata()[0]): line.get_marker() for line in marks}
        text = dict(zip(rows["value"], rows["verdict"], strict=True))
        drawn_as = {"met": "^", "missed": "v", "not decided": "x"}
        assert places == {i: drawn_as[text[value]] for i, value in enumerate(values)}
    assert "95 %" in quantities(figure.origin)


def test_no_share_is_drawn_above_100_percent(drawn):
    for name in ("sweep", "evidence"):
        labels = [text.get_text() for text in shown(drawn[name])]
        percent = [float(each) for each in labels if each.replace(".", "").isdigit()]
        assert max(percent) <= 100.0
