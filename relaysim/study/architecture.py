"""An architecture report: a comparison, and the studies that test its answer."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from relaysim.measure.metric_catalogue import METRICS
from relaysim.measure.quantity import Quantity
from relaysim.measure.recipients import streams
from relaysim.measure.target import Target
from relaysim.scenario.arrivals import Campaign
from relaysim.scenario.campaigns import Campaigns
from relaysim.scenario.culprit import is_culprit
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import dotted
from relaysim.stats.interval import LOSES_MORE
from relaysim.study.compare import Comparison, compare_designs, require_comparable
from relaysim.study.design_files import DesignFiles
from relaysim.study.execution.execution import Execution
from relaysim.study.execution.jobs import Progress
from relaysim.study.execution.provenance import Provenance
from relaysim.study.factors import Factor
from relaysim.study.sampling import Sampling
from relaysim.study.sensitivity import Sensitivity, assumed, measure_sensitivity
from relaysim.study.size import Size, SizeError, find_size
from relaysim.study.stacked_metrics import KEY
from relaysim.study.sweep import Sweep, sweep_files
from relaysim.study.varied_values import Vary

PARTS = (0.125, 0.25, 0.5, 1.0, 1.5)
"""Of the load as it is: the points of the sweep that looks for where the answer flips."""
LARGER = (1, 2, 4, 8)
"""Times the cores of the base: what sizing tries."""
FEW_LOOKS = 20
"""At least so many replications for a value, if its verdict takes them."""
MARGIN = 0.01
"""The same service: a share on time that is at most this much below the other design's."""
FEW = 12
"""Assumptions whose ends are tried."""
Stage = Callable[[str], AbstractContextManager[Progress | None]]
"""Called with the name of each study of a report; it yields what its progress is given to."""
_COST = ("receive_cost.base", "categorize_cost.base", "send_cost.base")
_LISTING, _LISTS = ("threshold", "trap_share", "tolerated_rate"), ".refuses_on."


@dataclass(frozen=True)
class Sizing:
    """Whether a larger hub of the base serves a class as well as another design does.

    `size` is the smallest such size, or None; `why` then says why no size in the range meets the
    target.
    """

    target: Target
    instead_of: str
    tried: tuple[int, ...]
    size: Size | None
    why: str


@dataclass(frozen=True)
class Report:
    """A comparison of a base with other designs, and studies of how far its answer holds.

    `quantity` is the share on time of the class with the largest difference between designs,
    innocent classes first, and `rival` the design with the best value. `flips` is a sweep over the
    size of the campaign, or the load; `sizings` are size studies of the base; `turning` is a
    sensitivity study of the difference between the base and the rival, or the design farthest from
    the base. Each is None, or empty, if it was switched off. `provenance` is that of all studies.
    """

    comparison: Comparison
    quantity: Quantity
    rival: str
    flips: Sweep | None
    sizings: tuple[Sizing, ...]
    turning: Sensitivity | None
    provenance: Provenance


def architecture_report(
    files: DesignFiles,
    sampling: Sampling,
    execution: Execution,
    *,
    flip: bool = True,
    sizing: bool = True,
    turning: bool = True,
    stage: Stage = lambda _: nullcontext(),
) -> Report:
    """Compare designs, and question the answer by further studies on the same draws.

    Parameters
    ----------
    files
        The designs, the base first.
    sampling, execution
        The replications of the comparison, and how all studies are computed.
    flip
        Whether to look for the load at which the answer changes.
    sizing
        Whether to ask if a larger hub alone would do.
    turning
        Whether to try other values of assumptions.
    stage
        Called with the name of each study in turn.

    Raises
    ------
    ScenarioError
        If a file is no scenario.
    ValueError
        For designs that cannot be compared.
    """
    designs = files.load()
    require_comparable(designs, {})
    with stage("comparison") as progress:
        comparison = compare_designs(designs, sampling, execution.with_progress(progress))
    quantity, rival = decisive(comparison)
    questions = _Questions(files, comparison, quantity, rival, execution, stage)
    replications, seed = comparison.replications, comparison.seed
    return Report(
        comparison=comparison,
        quantity=quantity,
        rival=rival,
        flips=questions.flips() if flip else None,
        sizings=questions.sizings() if sizing and rival else (),
        turning=questions.turning() if turning else None,
        provenance=execution.provenance(comparison.scenarios, replications, seed),
    )


@dataclass(frozen=True)
class _Questions:
    """The studies that test a comparison, on its draws."""

    files: DesignFiles
    comparison: Comparison
    quantity: Quantity
    rival: str
    execution: Execution
    stage: Stage

    @property
    def _sampling(self) -> Sampling:
        return Sampling(self.comparison.replications, self.comparison.seed)

    def flips(self) -> Sweep:
        """Return a sweep of all designs over the load."""
        path = campaign_path(self.comparison.scenarios)
        with self.stage("when it flips") as progress:
            return sweep_files(
                self.files.without_setting(path),
                (Vary.of(path, _points(self.comparison.scenarios[0], path)),),
                self._sampling,
                self.execution.with_progress(progress),
                quantities=[self.quantity],
            )

    def sizings(self) -> tuple[Sizing, ...]:
        """Return a size study of the first hub of the base for each target, with more cores."""
        targets = _targets(self.comparison, self.quantity, self.rival)
        return tuple(self._larger(target) for target in targets)

    def _larger(self, target: Target) -> Sizing:
        name, hub = next(iter(self.comparison.scenarios[0].hubs.items()))
        path, tried = dotted(("hubs", name, "cores")), tuple(hub.cores * more for more in LARGER)
        # The comparison may have few replications; a verdict on a target needs more.
        most = max(4 * self.comparison.replications, FEW_LOOKS)
        with self.stage("larger hubs") as progress:
            try:
                larger = find_size(
                    self.files.only(0).without_setting(path),
                    Vary.of(path, tried),
                    [target],
                    Sampling(most, self.comparison.seed),
                    replace(self.execution, progress=progress, command=""),
                )
            # No size that meets the target is an answer too.
            except SizeError as error:
                return Sizing(target, self.rival, tried, None, str(error))
        return Sizing(target, self.rival, tried, larger, "")

    def turning(self) -> Sensitivity | None:
        """Compare the base with another design under other assumptions; None without assumptions.

        The other design is the rival or, if none is better than the base, the one farthest from it.
        """
        names = [design.name for design in self.comparison.scenarios]
        pair = self.files.only(0, names.index(self.rival or self._farthest()))
        inputs = deciding(pair)
        if not inputs:
            return None
        with self.stage("assumptions") as progress:
            return measure_sensitivity(
                pair,
                self.quantity,
                inputs,
                self._sampling,
                self.execution.with_progress(progress),
            )

    def _farthest(self) -> str:
        """Return the design that differs most from the base in the quantity.

        Of several it is the first.
        """
        frame = comparable(self.comparison)
        same_key = [frame[key] == value for key, value in zip(KEY, self.quantity, strict=True)]
        differences = (
            frame[np.logical_and.reduce(same_key)].set_index("scenario")["difference"].abs()
        )
        return (
            str(differences.idxmax())
            if differences.notna().any()
            else self.comparison.scenarios[1].name
        )


def innocent_classes(scenario: Scenario) -> list[str]:
    """Return the classes of mail that no culprit sends."""
    guilty: dict[str, bool] = {}
    for host in scenario.hosts.values():
        for stream in host.streams.values():
            guilty[stream.class_] = guilty.get(stream.class_, False) or is_culprit(host, stream)
    return [name for name, culprit in guilty.items() if not culprit]


def sending_less(comparison: Comparison) -> list[str]:
    """Return the designs that do not send all mail of the base.

    They may be better for that reason alone.
    """
    whole = frozenset(streams(comparison.scenarios[0]))
    return [name for name, common in comparison.streams.items() if whole - common]


def comparable(comparison: Comparison) -> pd.DataFrame:
    """Return the comparisons of designs that send all mail of the base; of all, if none does."""
    frame = comparison.comparisons
    whole = [name for name in comparison.streams if name not in sending_less(comparison)]
    return frame[frame["scenario"].isin(whole)] if whole else frame


def decisive(comparison: Comparison) -> tuple[Quantity, str]:
    """Return the share on time that the designs differ in most, and the design that is best in it.

    Innocent mail comes first, if any of it differs by more than the margin, and designs that send
    all mail of the base. The design is "" if none is better than the base.
    """
    frame = comparable(comparison)
    names = innocent_classes(comparison.scenarios[0])
    all_classes = frame[(frame["scope"] == "class") & (frame["metric"] == "on_time")]
    all_classes = all_classes.dropna(subset=["difference"])
    rows = all_classes[all_classes["subject"].isin(names)]
    # Innocent mail does not differ: then all classes count.
    if not (rows["difference"].abs() > METRICS["on_time"].margin.absolute).any():
        rows = all_classes
    if rows.empty:
        total = frame[(frame["scope"] == "total") & (frame["metric"] == "on_time")]
        rows = total.dropna(subset=["difference"])
    if rows.empty:
        return Quantity("total", "total", "on_time"), ""
    row = rows.iloc[int(rows["difference"].abs().to_numpy().argmax())]
    quantity = Quantity(row["scope"], row["subject"], "on_time")
    # A design that is faster because it loses mail is no rival.
    same = rows[(rows["subject"] == row["subject"]) & (rows["verdict"] != LOSES_MORE)]
    if same.empty:
        return quantity, ""
    best = same.iloc[int(same["difference"].to_numpy().argmax())]
    return quantity, str(best["scenario"]) if best["difference"] > 0.0 else ""


def campaign_path(designs: Sequence[Scenario]) -> str:
    """Return the path to vary for the break-even.

    It is the size of a culprit's campaign that all designs have, else the load.
    """
    for name, host in designs[0].hosts.items():
        for short, stream in host.streams.items():
            if isinstance(stream.arrivals, Campaign) and is_culprit(host, stream):
                campaigns = [
                    design.hosts[name].streams[short].arrivals
                    for design in designs
                    if name in design.hosts and short in design.hosts[name].streams
                ]
                if len(campaigns) == len(designs) and all(
                    isinstance(a, Campaign) for a in campaigns
                ):
                    return dotted(("hosts", name, "streams", short, "arrivals", "messages"))
    return "run.scale"


def _points(base: Scenario, path: str) -> list[int | float]:
    if path == "run.scale":
        return [round(base.run.scale * part, 6) for part in PARTS]
    _, host, _, name, *_ = path.split(".")
    stream = base.hosts[host].streams[name]
    if not isinstance(stream.arrivals, Campaign):
        return [1]
    messages, peak = stream.arrivals.messages, Campaigns(stream.arrivals, base.run).peak
    addresses = stream.mailing_list.addresses if stream.mailing_list else None
    points = dict.fromkeys(max(1, round(messages * part)) for part in PARTS)
    # A campaign cannot have more messages than its mailing list has addresses.
    return [point for point in points if addresses is None or point * peak <= addresses]


def _targets(comparison: Comparison, quantity: Quantity, rival: str) -> list[Target]:
    """Return targets that are the service of the other design.

    They are its share on time, and its p95 in the busy hours of the class that it relieves most.
    """
    frame = comparison.metrics
    values = frame[frame["scenario"] == rival].set_index(["scope", "subject", "metric"])["value"]
    share = max(0.0, float(values.loc[tuple(quantity)]) - MARGIN)
    targets = [Target.parse(f"{quantity} > {100 * share:.3g} %")]
    compared = comparison.comparisons
    relieved = compared[
        (compared["scenario"] == rival)
        & (compared["metric"] == "latency_p95_busy_hours")
        & (compared["scope"] == "class")
        & (compared["verdict"] == "better")
    ]
    relieved = relieved[
        relieved["subject"].isin(innocent_classes(comparison.scenarios[0]))
        & np.isfinite(relieved["value"])
    ]
    if len(relieved):
        before = relieved["base_value"].to_numpy(np.float64)
        row = relieved.iloc[int((before / relieved["value"].to_numpy(np.float64)).argmax())]
        # Up to twice the rival's value counts as the same service (a convention).
        bound = float(f"{2.0 * row['value']:.2g}")
        targets.append(Target.parse(f"class.{row['subject']}.latency_p95_busy_hours < {bound:g} s"))
    return targets


def deciding(files: DesignFiles) -> tuple[Factor, ...]:
    """Return the assumptions of designs that are likely to change an answer.

    These are the core time of a message at the first hub, how often people write to spam traps,
    and triggers and uses of blocklists.
    """
    inputs = assumed(
        files,
        lambda path: _is_cost(path) or _is_typing(path) or _is_trigger(path) or _LISTS in path,
    )
    costs = [factor for factor in inputs if _is_cost(factor.path)]
    typing = [factor for factor in inputs if _is_typing(factor.path)]
    triggers = [factor for factor in inputs if _is_trigger(factor.path)]
    refusals = [factor for factor in inputs if _LISTS in factor.path]
    return (*costs[: len(_COST)], *typing, *triggers, *refusals)[:FEW]


def _is_cost(path: str) -> bool:
    return path.startswith(("hubs.", "send_connectors.")) and path.endswith(_COST)


def _is_typing(path: str) -> bool:
    return path.startswith("hosts.") and path.endswith(".trap_rate")


def _is_trigger(path: str) -> bool:
    return path.startswith("blocklists.") and path.endswith(_LISTING)
