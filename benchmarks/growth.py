"""How much growth each rung of the ladder bears, as docs/growth.md: one sweep of `run.scale`.

python benchmarks/growth.py [--replications N]     # a quarter of an hour on two cores
"""

import argparse
import math
from pathlib import Path

from ladder import RUNGS

from relaysim.measure.target import Target
from relaysim.present import number as text
from relaysim.study.knee import Knee, knee
from relaysim.study.store import Store
from relaysim.study.sweep import Sweep, sweep

ROOT = Path(__file__).parent.parent
SCALES = (0.5, 1, 1.3, 1.6, 2)
TARGETS = (
    "class.corporate.internal.latency_p95_worst_hour < 60 s",
    "class.transactional.on_time > 95 %",
    "class.bulk.on_time > 90 %",
)
NEXT_YEAR = 1.3


def main() -> None:
    """Run the sweep and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replications", type=int, default=4)
    wanted = parser.parse_args()
    base, *others = (ROOT / "scenarios" / f"{name}.toml" for name in _rungs())
    targets = [Target.parse(each) for each in TARGETS]
    found = sweep(
        base,
        {"run.scale": SCALES},
        *others,
        quantities=[each.quantity for each in targets],
        replications=wanted.replications,
        store=Store(),
        progress=lambda done, of: print(f"\r{done} of {of} runs", end="", flush=True),
    )
    page = ROOT / "docs" / "growth.md"
    page.write_text("\n".join(_page(found, targets)) + "\n", encoding="utf-8")
    print(f"\nwritten: {page.relative_to(ROOT)}")


def _rungs() -> list[str]:
    """The shared hub first: the others are paired with it."""
    return ["shared-hub", *(name for name in RUNGS if name != "shared-hub")]


def _page(found: Sweep, targets: list[Target]) -> list[str]:
    lines = [
        "# How much growth each rung bears",
        "",
        f"One sweep of `run.scale` over {', '.join(map(str, SCALES))}: all mail of the ladder's",
        f"working day, the newsletter too, so many times over; {found.replications} replications,",
        f"seed {found.seed}. Made by `python benchmarks/growth.py`. For one target the same is",
        "",
        "    relaysim sweep scenarios/shared-hub.toml --with scenarios/dedicated-hub.toml ... \\",
        f"        --vary run.scale={','.join(map(str, SCALES))} --target '{TARGETS[0]}'",
        "",
        "The largest scale at which the mean keeps a target, by straight lines between the points;",
        "in brackets where the ends of its 95 % interval cross it. `-`: the rung has no such mail.",
        "",
        f"| rung | {' | '.join(f'`{target.text}`' for target in targets)} | first missed at |",
        f"| --- |{' --- |' * (len(targets) + 1)}",
    ]
    for name in _rungs():
        knees = [knee(found, target, name) for target in targets]
        known = [each.value for each in knees if not math.isnan(each.value)]
        cells = [_said(each) for each in knees]
        lines.append(f"| `{name}` | {' | '.join(cells)} | {_first(min(known))} |")
    lines += ["", f"## Next year's growth: scale {NEXT_YEAR}", ""]
    lines += [
        f"| rung | {' | '.join(f'{target.quantity}' for target in targets)} |",
        f"| --- |{' --- |' * len(targets)}",
    ]
    rows = found.points[found.points["run.scale"] == NEXT_YEAR].set_index("scenario")
    for name in _rungs():
        cells = [
            text.interval(
                *(float(rows.loc[name, f"{each.quantity}{end}"]) for end in ("", " low", " high")),
                each.quantity.of.unit,
            )
            for each in targets
        ]
        lines.append(f"| `{name}` | {' | '.join(cells)} |")
    return lines


def _said(at: Knee) -> str:
    if math.isnan(at.value):
        return "-"
    return f"{_scale(at.value)} ({_scale(at.low)} to {_scale(at.high)})"


def _first(value: float) -> str:
    return "none of these" if value == math.inf else _scale(value)


def _scale(value: float) -> str:
    if math.isinf(value):
        return f"above {SCALES[-1]}" if value > 0 else f"below {SCALES[0]}"
    return f"{value:.2f}"


if __name__ == "__main__":
    main()
