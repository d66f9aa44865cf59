"""The material of the figures of a comparison, and the replication that is run again for them."""

from functools import cached_property
from typing import NamedTuple

from relaysim.analysis.sharing import ips, open_paths
from relaysim.present.drawing.empty_figure import NothingToDrawError
from relaysim.present.drawing.replication_course import Course
from relaysim.present.text.caption import figure_caption
from relaysim.present.text.metric_rows import Lookup
from relaysim.scenario.culprit import culprits
from relaysim.scenario.model import Scenario
from relaysim.study.compare import Comparison

_WORST = {
    "refused_innocents": "most innocent recipients refused",
    "listings": "most listings",
    "incident": "an incident",
    "junked": "most recipients junked",
}
"""Metrics by which a replication is chosen, in this order, and their names in a sentence."""


class Chosen(NamedTuple):
    """A replication of a design that is drawn in detail, with the reason."""

    design: Scenario
    replication: int
    why: str


class Material:
    """A comparison, with the course of one replication of its designs.

    Raises
    ------
    NothingToDrawError
        If no design has a stream in common with the base.
    """

    def __init__(self, comparison: Comparison) -> None:
        if not any(comparison.streams.values()):
            raise NothingToDrawError(
                "the designs have no stream in common: there is nothing to draw"
            )
        self.comparison = comparison
        self._courses: dict[str, Course] = {}

    @property
    def caption(self) -> str:
        """The origin of the numbers."""
        return figure_caption(self.comparison.provenance)

    @property
    def caption_of_means(self) -> str:
        """The origin of the numbers of a figure without intervals."""
        return figure_caption(self.comparison.provenance, intervals=False)

    @property
    def caption_of_one(self) -> str:
        """The origin of the numbers of a figure of the chosen replication."""
        design, replication, why = self.chosen
        return (
            f"replication {replication} alone, counted from 0: that of {design.name} with {why}; "
            f"{self.caption_of_means}"
        )

    @cached_property
    def chosen(self) -> Chosen:
        """The replication with the largest harm by reputation.

        Raises NothingToDrawError if no IP was listed or throttled, and no mail junked, in any.
        """
        frame = self.comparison.per_replication
        total = frame[(frame["scope"] == "total") & (frame["subject"] == "total")]
        designs = {design.name: design for design in self.comparison.scenarios}
        for metric, why in _WORST.items():
            rows = total[(total["metric"] == metric) & (total["value"] > 0.0)]
            if len(rows):
                worst = rows.iloc[int(rows["value"].to_numpy().argmax())]
                return Chosen(designs[worst["scenario"]], int(worst["replication"]), why)
        raise NothingToDrawError(
            "no public IP was listed or held back for its reputation in any replication"
        )

    def course(self, design: Scenario) -> Course:
        """Return the course of the chosen replication in a design.

        The replication is run again once.
        """
        if design.name not in self._courses:
            course = Course.of(design, self.chosen.replication, self.comparison.seed)
            self._courses[design.name] = course
        return self._courses[design.name]

    def listed(self, design: Scenario) -> str:
        """Return the mean time for which the IPs of innocent mail are listed, in words."""
        guilty, metrics = culprits(design), Lookup(self.comparison.metrics)
        innocent = {
            ip for path in open_paths(design) if path.name not in guilty for ip in ips(path)
        }
        sentences = []
        for ip in sorted(innocent):
            key = (design.name, "egress", ip, "listed_time")
            listed = metrics.value(*key) > 0.0
            sentences.append(
                f"{ip} on a list for {metrics.number(*key)}" if listed else f"{ip} not listed"
            )
        return ", ".join(sentences)
