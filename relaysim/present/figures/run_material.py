"""The material of the figures of a run, and the one replication that is run again for them."""

from functools import cached_property

import numpy as np

from relaysim.present.figures.binding_limits import limits
from relaysim.present.figures.design_drawing import Picture
from relaysim.present.figures.mail_flows import flows
from relaysim.present.text.caption import figure_caption
from relaysim.present.text.metric_rows import Lookup
from relaysim.present.text.queue_table import QShape, of_one
from relaysim.study.run_result import RunResult
from relaysim.trace.tables import Trace


class Story:
    """A run, with the trace of its typical replication.

    It is that of the base, if there is one: designs side by side show the same mail.
    """

    def __init__(self, result: RunResult, base: "Story | None" = None) -> None:
        self.result, self.base = result, base

    @property
    def caption(self) -> str:
        """The origin of means over all replications."""
        return figure_caption(self.result.provenance)

    @property
    def caption_of_means(self) -> str:
        """The origin of the numbers of a figure without intervals."""
        return figure_caption(self.result.provenance, intervals=False)

    @cached_property
    def typical(self) -> int:
        """The replication with the median share on time; of two in the middle the worse one."""
        if self.base is not None:
            return self.base.typical
        frame = self.result.per_replication
        chosen = (frame["scope"] == "total") & (frame["metric"] == "on_time")
        # A replication without judged mail sorts as the worst.
        shares = frame[chosen].set_index("replication")["value"].fillna(0.0)
        order = shares.sort_values(kind="stable").index.to_numpy(np.int64)
        return int(order[(len(order) - 1) // 2])

    @property
    def caption_of_one(self) -> str:
        """The origin of the numbers of a figure of the typical replication."""
        which = of_one(self.typical)
        if self.result.replications > 1:
            design_text = f" of {self.base.result.scenario.name}" if self.base is not None else ""
            which += f": that with the median share on time{design_text}"
        return f"{which}; {self.caption_of_means}"

    @cached_property
    def trace(self) -> Trace:
        """The trace of the typical replication, computed again."""
        return self.result.trace(self.typical)

    def picture(self) -> Picture:
        """Return the material of the drawing.

        Flows and limits of the typical replication, all listings.
        """
        scenario = self.result.scenario
        return Picture(
            scenario, flows(self.trace, scenario), limits(self.trace, scenario), self.listed()
        )

    def listed(self) -> dict[str, str]:
        """Return for each listed public IP the share of replications, or the length of listings."""
        result, name = Lookup(self.result.metrics), self.result.scenario.name
        text = {}
        for ip in result.subjects("egress"):
            if result.value(name, "egress", ip, "listed") > 0.0:
                likely = result.chance(name, "egress", ip, "listed").partition(" (")[0]
                time = result.number(name, "egress", ip, "listed_time")
                several = self.result.replications > 1
                text[ip] = f"listed {f'in {likely} of replications' if several else f'for {time}'}"
        return text

    def qshape(self) -> QShape:
        """Return the queues of the typical replication at the time of the most entries."""
        result = self.result
        return QShape.of(self.trace, result.scenario, self.typical, result.provenance)
