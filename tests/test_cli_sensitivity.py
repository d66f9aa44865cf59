"""`relaysim sensitivity`, as it is typed."""

import json

import pandas as pd
import pytest
from worlds.cli_runs import MM4, commands, refused, relaysim
from worlds.golden_text import message, portable

CONNECTIONS = "hubs.HUB01.max_per_domain_outbound_connections"
SHORT = ("--set", "run.duration=100 s", "--set", "run.warm_up=0 s")
LITTLE = (*SHORT, "--replications", "3", "--jobs", "1", "--metric", "total.wait_delivery")
OVER = (
    *("--over", f"{CONNECTIONS}=4:8", "--over", "mailboxes.delivery_time.mean=75 ms:300 ms"),
    *("--over", "destinations.sink.response_time.mean=0.5 s:1.5 s"),
)


def test_sensitivity_prints_factors_with_and_without_effect(tmp_path, monkeypatch, golden):
    monkeypatch.setattr("sys.argv", ["relaysim"])
    out, figures = tmp_path / "out", tmp_path / "figures"
    result = relaysim(
        *("sensitivity", MM4, *LITTLE, *OVER, "--sobol", "2"),
        *("--out", str(out), "--figures", str(figures)),
    )
    assert result.exit_code == 0, result.stderr
    golden("sensitivity/three-inputs", portable(result.stdout))
    assert max(map(len, result.stdout.splitlines())) <= 80

    effects = pd.read_csv(out / "effects.csv")
    assert effects["path"].tolist()[0] == "destinations.sink.response_time.mean"
    assert effects["effect"].tolist().count("none") == 1
    assert effects["low"].tolist()[0] == "0.5 s"
    indices = pd.read_csv(out / "indices.csv")
    assert len(indices) == 3
    assert list(indices.columns) == ["path", "first", "first_half", "total", "total_half"]
    assert sorted(path.name for path in figures.iterdir()) == ["tornado.png", "tornado.svg"]
    assert sorted(path.name for path in out.iterdir()) == [
        *("effects.csv", "indices.csv", "provenance.json")
    ]


def test_json_has_the_base_and_the_effects():
    result = relaysim("sensitivity", MM4, *LITTLE, "--over", f"{CONNECTIONS}=4:8", "--json")
    results = json.loads(result.stdout)
    assert results["quantity"] == "total.wait_delivery"
    assert results["base"]["unit"] == "s"
    (effect,) = results["effects"]
    assert (effect["path"], effect["low"], effect["high"]) == (CONNECTIONS, "4", "8")
    assert effect["low_difference"] == 0.0
    assert results["base"]["value"] + effect["high_difference"] == pytest.approx(effect["at_high"])
    assert "indices" not in results
    assert "comparisons" not in results


def test_where_nothing_moves_there_is_no_figure(tmp_path, golden):
    over = ("--over", "mailboxes.delivery_time.mean=75 ms:300 ms")
    result = relaysim("sensitivity", MM4, *LITTLE, *over, "--figures", str(tmp_path))
    assert result.exit_code == 0, result.stderr
    assert "tornado" in result.stderr
    assert list(tmp_path.iterdir()) == []
    golden("figures/no-tornado", message(result.stderr))


@pytest.mark.parametrize(
    ("arguments", "names"),
    commands(
        (["--metric", "total.wait_deliver"], ['"wait_delivery"']),
        (["--metric", "class.bulk.on_time", "--over", f"{CONNECTIONS}=4:8"], ['"bulk"']),
        (["--over", "hubs.HUB01.cores"], ["hubs.HUB01.cores"]),
        (["--over", "hubs.HUB01.coers=1:2"], ['"cores"']),
        (["--over", "hubs.HUB01.cores=2:1"], ["hubs.HUB01.cores", "2", "1"]),
        (["--over", f"{CONNECTIONS}=4:8"] * 2, [CONNECTIONS]),
        (["--over", f"{CONNECTIONS}=4:8", "--sobol", "3"], ["3"]),
    ),
)
def test_what_cannot_be_changed_has_its_message(arguments, names, golden_section):
    text = refused("sensitivity", MM4, *LITTLE, *arguments)
    assert [name for name in names if name not in text] == []
    golden_section("errors/sensitivity", message(text))
