"""A hub that throws mail away: what it lost is later than all, and it wins no comparison."""

import json
import math
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from relaysim.measure.quantity import Quantity, QuantityError
from relaysim.present.figure_registry import figures
from relaysim.present.text.summary import summary
from relaysim.scenario.load import loads
from relaysim.scenario.model import Scenario
from relaysim.stats.lost_values import minus, sign_test, signs_needed
from relaysim.stats.several_designs import differences
from relaysim.study.compare import Comparison, compare
from relaysim.study.paired_metrics import _unless_more_is_lost
from relaysim.study.precision import Precision
from relaysim.study.ranking import ranking
from relaysim.study.run_result import run
from relaysim.study.size import SizeError, size
from relaysim.study.sweep import sweep
from relaysim.study.written_results import to_json, write

WORLD = """
name = "patient"
[run]
duration = "20 min"
replications = 6
[organization.domains]
"cozumpark.com" = "Authoritative"
[hubs.HUB01]
mta = "none"
cores = 1
addresses = ["192.168.168.169"]
egress = "198.51.100.10"
max_per_domain_outbound_connections = 1
message_expiration_timeout = "2 d"
[hubs.HUB01.receive_connectors.relay]
bindings = ["0.0.0.0:25"]
remote_ip_ranges = ["192.168.168.50"]
permission_groups = ["AnonymousUsers"]
permissions = [{ user = 'NT AUTHORITY\\ANONYMOUS LOGON', extended_rights = ["Ms-Exch-SMTP-Accept-Any-Recipient"] }]
[send_connectors.internet]
address_spaces = ["SMTP:*;1"]
source_transport_servers = ["HUB01"]
[egress."198.51.100.10"]
bandwidth = "unlimited"
[hosts.app]
kind = "none"
address = "192.168.168.50"
server = "192.168.168.169"
[hosts.app.streams.load]
class = "orders"
sender = "app@cozumpark.com"
arrivals = { process = "poisson", rate = "1.25/s" }
size = "1 KB"
deadline = "2 min"
to = { sink = 1.0 }
[destinations.sink]
profile = "none"
domains = ["example.org"]
response_time = { distribution = "exponential", mean = "1 s" }
"""
IMPATIENT = 'hubs.HUB01.message_expiration_timeout="90 s"'
HEADLINES = ("on_time", "latency_p95", "latency_p95_busy_hours", "latency_mean_both_delivered")


def design(name: str, *changes: str) -> Scenario:
    return loads(WORLD, overrides=[f"name={name}", *changes])


@cache
def comparison() -> Comparison:
    """An overloaded queue whose hub waits two days, against one that gives up after 90 seconds."""
    return compare(design("patient"), design("impatient", IMPATIENT), jobs=1)


def row(metric: str, scope: str = "class", subject: str = "orders") -> "pd.Series[object]":
    frame = comparison().comparisons
    own = frame[
        (frame["scope"] == scope) & (frame["subject"] == subject) & (frame["metric"] == metric)
    ]
    (result,) = (each for _, each in own.iterrows())
    return result


def test_a_hub_that_gives_up_loses_mail_and_wins_nothing() -> None:
    assert row("expired")["value"] / row("created")["value"] > 0.1  # type: ignore[operator]
    assert row("expired")["base_value"] == 0.0
    verdicts = {metric: row(metric)["verdict"] for metric in HEADLINES}
    assert verdicts == {
        "on_time": "loses more mail",
        "latency_p95": "worse",
        "latency_p95_busy_hours": "worse",
        "latency_mean_both_delivered": "loses more mail",
    }
    # What is left is faster, which is why the survivors alone say nothing.
    assert row("latency_mean_both_delivered")["difference"] < 0  # type: ignore[operator]
    assert row("latency_p50")["difference"] < 0  # type: ignore[operator]
    assert row("latency_p50")["verdict"] == "loses more mail"
    every = comparison().comparisons
    assert not set(every["metric"]) & {"latency_mean", "wait_delivery", "service"}


def test_fewer_bounces_of_less_mail_are_no_merit() -> None:
    """HUB01 sends a third to HUB02, which is no loss; of all mail a tenth does not get out."""
    differences = {
        ("total", "total"): {"created": 0.0, "delivered": -70.0, "junked": -10.0, "bounced": -20.0},
        ("hub", "HUB01"): {"created": -270.0, "delivered": -250.0, "junked": 0.0, "bounced": -20.0},
    }
    rows = [
        (*key, metric, 800.0, value)
        for key, own in differences.items()
        for metric, value in own.items()
    ]
    frame = pd.DataFrame(rows, columns=["scope", "subject", "metric", "base_value", "difference"])
    text = ["better" if metric == "bounced" else "not decided" for metric in frame["metric"]]
    result = frame.assign(verdict=_unless_more_is_lost(frame, text))
    bounced = result[result["metric"] == "bounced"]
    assert bounced["verdict"].tolist() == ["loses more mail", "better"]


def test_a_campaign_that_loses_mail_is_never_complete() -> None:
    assert (row("completion")["replications_lost"], row("completion")["verdict"]) == (6, "worse")


def test_a_lost_quantile_is_infinite_in_frames_and_counted() -> None:
    result = row("latency_p95")
    assert (result["value"], result["difference"]) == (math.inf, math.inf)
    assert (result["replications_worse"], result["replications_better"]) == (6, 0)
    assert (result["replications_lost"], result["base_replications_lost"]) == (6, 0)


def test_text_says_lost_and_counts() -> None:
    text = " ".join(summary(comparison(), full=True, explain=True).split())
    assert "orders" in text
    assert "lost 6 worse of 6 worse" in text
    assert "inf" not in text.replace("in flight", "").split()
    assert "nan" not in text
    run_said = summary(comparison().run("impatient"), full=True, explain=True)
    assert " lost " in run_said


def test_json_and_csv_have_nothing_and_say_that_it_is_lost(tmp_path: Path) -> None:
    result = json.loads(json.dumps(to_json(comparison()), allow_nan=False))
    key = {"scope": "class", "subject": "orders", "metric": "latency_p95"}
    (lost,) = [r for r in result["comparisons"] if key.items() <= r.items()]
    assert (lost["value"], lost["lost"], lost["base_lost"]) == (None, True, False)
    assert lost["base_value"] > 0
    assert lost["difference"] is None
    by_design = {r["scenario"]: r for r in result["metrics"] if key.items() <= r.items()}
    assert by_design["impatient"]["value"] is None
    assert by_design["impatient"]["lost"] is True
    assert by_design["patient"]["lost"] is False
    written = write(comparison(), tmp_path / "out")
    text = (written / "metrics.csv").read_text(encoding="utf-8")
    (line,) = [
        each for each in text.splitlines() if each.startswith("impatient,class,orders,latency_p95,")
    ]
    assert line.split(",")[4:8] == ["", "True", "", ""]


def test_figures_of_a_comparison_with_lost_values_are_drawn() -> None:
    for name in ("differences", "latency"):
        figures(comparison())[name]()


def test_the_ranking_puts_a_lost_quantile_last() -> None:
    ranked = ranking(comparison(), "class", "orders", "latency_p95")
    assert ranked["scenario"].tolist() == ["patient", "impatient"]
    assert ranked["probability_best"].tolist() == [1.0, 0.0]


def test_a_size_is_not_met_by_what_is_lost(tmp_path: Path) -> None:
    file = tmp_path / "impatient.toml"
    file.write_text(WORLD.replace('"2 d"', '"90 s"'), encoding="utf-8")
    path = "hubs.HUB01.message_expiration_timeout"
    with pytest.raises(SizeError, match=r"latency_p95 is lost in \d+ of \d+ replications"):
        size(file, {path: ["30 s", "90 s"]}, ["class.orders.latency_p95 < 10 min"], jobs=1, most=5)
    result = sweep(
        file,
        {path: ["90 s", "2 d"]},
        quantities=["class.orders.latency_p95"],
        replications=2,
        jobs=1,
    )
    text = summary(result, full=True, explain=True)
    assert "lost" in text
    assert "inf" not in text.split()
    rows = to_json(result)["points"]
    assert [each["class.orders.latency_p95 lost"] for each in rows] == [True, False]
    figures(result)["sweep"]()


def test_replications_stop_where_a_quantile_is_lost() -> None:
    precision = Precision(0.05, ["class.orders.latency_p95"])
    result = run(design("impatient", IMPATIENT), precision=precision, jobs=1)
    assert result.precise
    assert result.replications < 10
    assert "lost" in summary(result, full=True, explain=True)


def test_the_old_name_names_the_new_one() -> None:
    with pytest.raises(QuantityError) as caught:
        Quantity.parse("class.orders.latency_p95_worst_hour")
    assert str(caught.value) == (
        "latency_p95_worst_hour was renamed to latency_p95_busy_hours: "
        "write class.orders.latency_p95_busy_hours"
    )


def test_differences_with_lost_values_are_decided_by_the_sign_test() -> None:
    inf = math.inf
    base = np.array([[1.0] * 6, [1.0] * 5 + [inf], [inf] * 6, [1.0] * 6, [inf] + [1.0] * 5])
    other = np.array([[inf] * 6, [inf] * 6, [inf] * 6, [inf] + [0.5] * 5, [1.0] * 6])
    none = np.zeros(5, bool)
    value, low, high, n = differences(none, base, other, 0.95)
    assert value.tolist() == [inf, inf, 0.0, inf, -inf]
    assert n.tolist() == [6] * 5
    # Six that agree decide; five and a tie do not, nor does one worse among five better.
    assert (low[0], high[0]) == (inf, inf)
    assert np.isnan([*low[[1, 3, 4]], *high[[1, 3, 4]]]).all()
    assert (low[2], high[2]) == (0.0, 0.0)


def test_the_sign_test_is_exact() -> None:
    assert sign_test(0, 0) == 1.0
    assert sign_test(5, 0) == 2 * 0.5**5
    assert sign_test(6, 0) == 2 * 0.5**6
    assert sign_test(1, 7) == pytest.approx(2 * 9 / 256)
    assert signs_needed(3, 0, 3, 0.95) == 6.0
    assert signs_needed(2, 2, 4, 0.95) == math.inf
    assert minus(np.array([math.inf, 3.0]), np.array([math.inf, 1.0])).tolist() == [0.0, 2.0]
