"""How much growth each rung of the ladder bears, as docs/growth.md: one sweep of `run.scale`.

python benchmarks/growth.py [--replications N]     # about a minute on two cores
"""

import argparse
import math
from pathlib import Path

import pandas as pd
from ladder import RUNGS

import relaysim
from relaysim.measure.target import Target
from relaysim.present.text import number_format as text
from relaysim.study.break_even import EVERYWHERE, NO_MAIL, UP_TO, Limit
from relaysim.study.execution.store import Store
from relaysim.study.sweep import Sweep, sweep

ROOT = Path(__file__).parent.parent
SCALES = (0.5, 1, 1.3, 1.6, 2)
TARGETS = (
    "class.corporate.internal.latency_p95_busy_hours < 60 s",
    "class.transactional.on_time > 95 %",
    "class.bulk.on_time > 90 %",
)
NEXT_YEAR = 1.3
READING = """
The largest scale at which the mean keeps a target, by straight lines between the points; in
brackets the scales between which the 95 % interval of the mean contains the target. `-`: the rung
has no such mail. The targets are an example for this ladder.

Each target is about another risk. Internal corporate mail waits for cores. It misses the target
where the newsletter can use all cores. It meets the target with more cores, with a newsletter that
is acknowledged late or throttled, or with a separate hub. Transactional mail leaves by a public IP.
Where the newsletter uses the same IP, a listing within the day is enough to miss the target, and
hardly any scale is safe. A fresh hub does not let applications relay at all. The newsletter needs a
known IP: from a new IP it is late at any scale. From a known IP the length of the campaign decides;
it is longer where the newsletter is throttled, acknowledged late or sent at low priority.
"""


def main() -> None:
    """Run the sweep and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replications", type=int, default=4)
    wanted = parser.parse_args()
    base, *others = (ROOT / "scenarios" / f"{name}.toml" for name in rungs())
    result = sweep(
        base,
        {"run.scale": SCALES},
        *others,
        targets=TARGETS,
        replications=wanted.replications,
        store=Store(),
        progress=lambda done, of: print(f"\r{done} of {of} runs", end="", flush=True),
    )
    path = ROOT / "docs" / "growth.md"
    path.write_text("\n".join(page(result)) + "\n", encoding="utf-8")
    print(f"\nwritten: {path.relative_to(ROOT)}")


def rungs() -> list[str]:
    """The shared hub first: the others are paired with it."""
    return ["shared-hub", *(name for name in RUNGS if name != "shared-hub")]


def page(result: Sweep) -> list[str]:
    """The lines of the page."""
    targets = [Target.parse(target) for target in TARGETS]
    lines = [
        "# The largest growth for each design",
        "",
        f"One sweep of `run.scale` over {', '.join(map(str, SCALES))}: all mail of the ladder's",
        f"working day, the newsletter too, times this factor; {result.replications} replications,",
        f"seed {result.seed}. Made with relaysim {relaysim.__version__} by",
        "`python benchmarks/growth.py`; with all rungs it is",
        "",
        "    relaysim sweep scenarios/shared-hub.toml --with scenarios/dedicated-hub.toml ... \\",
        f"        --vary run.scale={','.join(map(str, SCALES))} \\",
        *(f"        --target '{target}' \\" for target in TARGETS[:-1]),
        f"        --target '{TARGETS[-1]}'",
        READING,
        f"| rung | {' | '.join(f'`{target.text}`' for target in targets)} | first misses one at |",
        f"| --- |{' --- |' * (len(targets) + 1)}",
    ]
    for name in rungs():
        limits = [result.limit(target, name) for target in targets]
        first = _scale(min(_value(limit) for limit in limits if limit.holds != NO_MAIL))
        cells = [_limit_text(limit) for limit in limits]
        lines.append(f"| `{name}` | {' | '.join(cells)} | {first} |")
    lines += [
        *("", f"## Next year's growth: scale {NEXT_YEAR}", ""),
        f"| rung | {' | '.join(f'`{target.quantity}`' for target in targets)} |",
        f"| --- |{' --- |' * len(targets)}",
    ]
    rows = result.points[result.points["run.scale"] == NEXT_YEAR].set_index("scenario")
    for name in rungs():
        cells = [_interval(rows, name, target) for target in targets]
        lines.append(f"| `{name}` | {' | '.join(cells)} |")
    return lines


def _limit_text(at: Limit) -> str:
    if at.holds == NO_MAIL:
        return "-"
    if at.low == at.high:
        return _scale(_value(at))
    return f"{_scale(_value(at))} ({_scale(at.low)} to {_scale(at.high)})"


def _value(at: Limit) -> float:
    return at.value if at.holds == UP_TO else math.inf if at.holds == EVERYWHERE else -math.inf


def _interval(rows: pd.DataFrame, name: str, target: Target) -> str:
    column = str(target.quantity)
    value, low, high = (float(rows[f"{column}{end}"][name]) for end in ("", " low", " high"))
    return text.interval(value, low, high, target.quantity.of.unit)


def _scale(value: float) -> str:
    if math.isinf(value):
        return f"above {SCALES[-1]}" if value > 0 else f"below {SCALES[0]}"
    return f"{value:.2f}"


if __name__ == "__main__":
    main()
