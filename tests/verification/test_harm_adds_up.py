"""The two parts of the blast radius make up the whole harm, in every scenario that ships.

The whole is counted here from the traces alone: recipients of innocent streams that were late or lost
with the culprits' mail, less those without it.
"""

from pathlib import Path

import numpy as np
import pytest

from relaysim.engine.coupled_runs import coupled
from relaysim.measure.blast.coupled_metrics import Measured
from relaysim.measure.recipients import Recipients
from relaysim.scenario.culprit import culprits
from relaysim.scenario.load import load
from relaysim.scenario.model import Scenario
from relaysim.trace.tables import Status, Trace
from relaysim.traffic.workload import draw

ROOT = Path(__file__).parents[2] / "scenarios"
SMALL = ("run.scale=0.01", "run.drain=3 d")
DESIGNS = {path.relative_to(ROOT).as_posix(): load(path) for path in sorted(ROOT.rglob("*.toml"))}
FILES = sorted(file for file, design in DESIGNS.items() if culprits(design))


def harm(trace: Trace, scenario: Scenario, stream: str) -> int:
    """How many recipients of a stream are not delivered or junked within its deadline."""
    host, _, name = stream.partition(".")
    deadline = scenario.hosts[host].streams[name].deadline
    own = trace.messages["stream"] == trace.names.streams.index(stream)
    recipients = np.flatnonzero(own[trace.recipients["message"]])
    created = trace.messages["created"][trace.recipients["message"][recipients]]
    status, end = trace.recipients["status"][recipients], trace.recipients["end"][recipients]
    fine = np.isin(status, (Status.DELIVERED, Status.JUNKED)) & (end - created <= deadline)
    return int((~fine).sum())


def test_there_are_scenarios_with_culprits() -> None:
    assert len(FILES) > 20


@pytest.mark.parametrize("file", FILES)
def test_reputation_and_congestion_add_up(file: str) -> None:
    days = ["run.duration=3 d"] if DESIGNS[file].run.duration > 3 * 86_400_000_000 else []
    scenario = load(ROOT / file, [*SMALL, *days])
    draws = draw(scenario, 0, 1)
    runs = coupled(scenario, draws)
    result = Measured.of(runs, scenario, draws, Recipients.of(runs.treatment, scenario))
    frame = result.metrics()
    rows = frame[frame["scope"] == "stream"].set_index(["subject", "metric"])["value"]
    guilty = culprits(scenario)
    assert not guilty & set(rows.index.get_level_values("subject"))
    of_recipient = np.repeat(draws.stream, np.diff(draws.first_recipient))
    for number, stream in enumerate(draws.streams):
        created = int((of_recipient == number).sum())
        if stream in guilty or not created:
            continue
        whole = harm(runs.treatment, scenario, stream) - harm(runs.absent, scenario, stream)
        shares = [rows[stream, f"blast_{part}"] * created for part in ("reputation", "congestion")]
        recipients = [round(share) for share in shares]
        assert shares == pytest.approx(recipients, abs=1e-6)
        assert sum(recipients) == whole
        host, _, name = stream.partition(".")
        if set(scenario.hosts[host].streams[name].to) == {"internal"}:
            assert recipients[0] == 0
