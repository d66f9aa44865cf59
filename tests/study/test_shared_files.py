"""The files that are handed to users beside the project, where they are there."""

from pathlib import Path

import pandas as pd
import pytest

from relaysim.scenario.load import load
from relaysim.study.run_result import run

SHARED = Path(__file__).parents[3] / "shared"
ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(
    not SHARED.exists(), reason="the shared files are not beside the project"
)


def test_a_message_is_the_same_in_both_designs() -> None:
    shared, dedicated = (
        run(
            load(SHARED / "examples" / f"{name}.toml", ["run.scale=0.05"]),
            replications=2,
            jobs=1,
            frames=True,
        ).messages
        for name in ("shared-hub", "dedicated-hub")
    )
    key = ["replication", "stream", "number"]
    printed = [*key, "created", "size", "recipients"]

    def mail(messages: pd.DataFrame) -> pd.DataFrame:
        own = messages[messages["class"] != "dsn"].astype({"stream": str})
        return own[printed].sort_values(key, ignore_index=True)

    assert mail(shared)["stream"].nunique() == 6
    pd.testing.assert_frame_equal(mail(shared), mail(dedicated))


def test_a_week_of_real_mail_is_accounted_for() -> None:
    sample = SHARED / "samples" / "eu-email-week-1.csv"
    arrivals = f'{{process = "replay", file = "{sample.as_posix()}"}}'
    scenario = load(
        ROOT / "scenarios" / "shared-hub.toml",
        [
            f"hosts.users.streams.correspondence.arrivals={arrivals}",
            "run.duration=7 d",
            "run.scale=0.01",
        ],
    )
    result = run(scenario, replications=1, jobs=1, frames=True, check_invariants=True)

    recorded = pd.read_csv(sample)
    users = result.messages[result.messages["stream"] == "users.correspondence"]
    recipients = result.recipients[result.recipients["stream"] == "users.correspondence"]
    assert result.violations == []
    assert users["created"].tolist() == recorded["seconds"].tolist()
    assert users["recipients"].tolist() == recorded["recipients"].tolist()
    assert len(recipients) == recorded["recipients"].sum()
    assert set(recipients["status"]) == {"delivered"}
