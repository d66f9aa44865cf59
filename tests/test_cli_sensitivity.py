"""`relaysim sensitivity`, as it is typed."""

import json

import pandas as pd
import pytest
from cli_runs import MM4, relaysim

CONNECTIONS = "hubs.HUB01.max_per_domain_outbound_connections"
SHORT = ("--set", "run.duration=100 s", "--set", "run.warm_up=0 s")
LITTLE = (*SHORT, "--replications", "3", "--jobs", "1", "--metric", "total.wait_delivery")
OVER = (
    *("--over", f"{CONNECTIONS}=4:8", "--over", "mailboxes.delivery_time.mean=75 ms:300 ms"),
    *("--over", "destinations.sink.response_time.mean=0.5 s:1.5 s"),
)


def test_what_matters_and_what_does_not_is_told(tmp_path):
    out, figures = tmp_path / "out", tmp_path / "figures"
    result = relaysim(
        *("sensitivity", MM4, *LITTLE, *OVER, "--sobol", "2"),
        *("--out", str(out), "--figures", str(figures)),
    )
    assert result.exit_code == 0, result.stderr
    told = " ".join(result.stdout.split())
    assert result.stdout.startswith("mm4: total.wait_delivery = ")
    assert "One at a time, from the largest change to the smallest" in told
    assert "Sobol indices, of 10 points" in told
    assert "of 3 numbers move" in told
    assert "most of all destinations.sink.response_time.mean (" in told
    assert "1 changes nothing in any replication." in told
    assert "Changes are paired" in told
    assert "is a convention" not in told
    assert max(map(len, result.stdout.splitlines())) <= 80

    effects = pd.read_csv(out / "effects.csv")
    assert effects["path"].tolist()[0] == "destinations.sink.response_time.mean"
    assert effects["low"].tolist()[0] == "0.5 s"
    indices = pd.read_csv(out / "indices.csv")
    assert list(indices.columns) == ["path", "first", "first_half", "total", "total_half"]
    assert sorted(path.name for path in figures.iterdir()) == ["tornado.png", "tornado.svg"]
    assert sorted(path.name for path in out.iterdir()) == [
        *("effects.csv", "indices.csv", "provenance.json")
    ]


def test_json_has_the_base_and_the_effects():
    result = relaysim("sensitivity", MM4, *LITTLE, "--over", f"{CONNECTIONS}=4:8", "--json")
    found = json.loads(result.stdout)
    assert found["quantity"] == "total.wait_delivery"
    assert found["base"]["unit"] == "s"
    (effect,) = found["effects"]
    assert (effect["path"], effect["low"], effect["high"]) == (CONNECTIONS, "4", "8")
    assert effect["low_difference"] == 0.0
    assert found["base"]["value"] + effect["high_difference"] == pytest.approx(effect["at_high"])
    assert "indices" not in found
    assert "comparisons" not in found


def test_where_nothing_moves_there_is_no_figure(tmp_path):
    over = ("--over", "mailboxes.delivery_time.mean=75 ms:300 ms")
    result = relaysim("sensitivity", MM4, *LITTLE, *over, "--figures", str(tmp_path))
    assert result.exit_code == 0, result.stderr
    assert "None of 1 number moves total.wait_delivery measurably." in result.stdout
    assert "no figure tornado: nothing that was changed moves total.wait_delivery" in result.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--metric", "total.wait_deliver"], 'did you mean "wait_delivery"?'),
        (["--metric", "class.bulk.on_time", "--over", f"{CONNECTIONS}=4:8"], "is not a class"),
        (["--over", "hubs.HUB01.cores"], "write PATH=LOW:HIGH"),
        (["--over", "hubs.HUB01.coers=1:2"], 'did you mean "cores"?'),
        (["--over", "hubs.HUB01.cores=2:1"], "hubs.HUB01.cores: 2 is not below 1"),
        (["--over", f"{CONNECTIONS}=4:8"] * 2, "is given twice"),
        (["--over", f"{CONNECTIONS}=4:8", "--sobol", "3"], "write a power of two"),
    ],
)
def test_what_the_user_can_put_right(arguments, message):
    result = relaysim("sensitivity", MM4, *LITTLE, *arguments)
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())
    assert "Traceback" not in result.stderr
