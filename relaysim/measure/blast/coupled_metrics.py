"""The blast radius of one replication: metrics, harmed recipients, incidents and series."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from relaysim.engine.coupled_runs import Coupled
from relaysim.measure.blast.blast_frames import harmed, incidents
from relaysim.measure.blast.blast_series import BlastSeries
from relaysim.measure.blast.conditional import given
from relaysim.measure.blast.harm_shares import breadth, harm
from relaysim.measure.blast.incident_spans import LISTED, Incident, IncidentSpans
from relaysim.measure.blast.innocent_mail import Innocents, Outcomes, difference
from relaysim.measure.blast.refusal_probability import Reach
from relaysim.measure.measured_window import HOUR, Window
from relaysim.measure.metrics import Row, flat, frame
from relaysim.measure.paired_recipients import PAIRED_SCOPES
from relaysim.measure.recipient_groups import groups
from relaysim.measure.recipients import Recipients, streams
from relaysim.scenario.culprit import culprits
from relaysim.scenario.model import Scenario
from relaysim.stats.interval import Mask
from relaysim.trace.tables import NO_CAUSE
from relaysim.traffic.workload import Draws


@dataclass(frozen=True)
class Measured:
    """The coupled runs of one scenario on one replication's draws, with all their results."""

    runs: Coupled
    scenario: Scenario
    draws: Draws
    recipients: Recipients
    innocents: Innocents
    reach: Reach
    incident_spans: IncidentSpans
    incidents: list[Incident]

    @classmethod
    def of(
        cls, runs: Coupled, scenario: Scenario, draws: Draws, recipients: Recipients | None = None
    ) -> Self:
        """Return the results of coupled runs.

        `recipients` are those of the treatment, if computed already.
        """
        recipients = recipients or Recipients.of(runs.treatment, scenario)
        incident_spans = IncidentSpans.of(runs.treatment)
        return cls(
            runs,
            scenario,
            draws,
            recipients,
            Innocents.of(runs, scenario, recipients),
            Reach.of(runs.treatment, scenario, draws),
            incident_spans,
            incident_spans.incidents(Window.of(scenario)),
        )

    def metrics(self, only: AbstractSet[str] | None = None) -> pd.DataFrame:
        """Return the metrics of the coupled runs.

        Parameters
        ----------
        only : set of str or None
            Restricts the innocent mail to some streams (full names).

        Returns
        -------
        pandas.DataFrame
            Columns `scope, subject, metric, value, unit`, as in `measure.metrics.metrics`.
            Conditional rows follow the plain rows, see `measure.blast.conditional`.
        """
        innocents = self.innocents if only is None else self.innocents.among(only)
        rows = [*self._harm(innocents), *self._whole(innocents), *self._reach(innocents)]
        listed = bool((self.incident_spans.state[self._in_window()] == LISTED).any())
        return frame([*rows, *given(rows, listed, self.scenario, self.draws)])

    def harmed(self, replication: int) -> pd.DataFrame:
        """Return the frame `harmed`."""
        return harmed(self.innocents, self.runs.treatment, self.scenario, replication)

    def incident_frame(self, replication: int) -> pd.DataFrame:
        """Return the frame `incidents`."""
        trace = self.runs.treatment
        return incidents(trace, self.innocents, self.incident_spans, self.incidents, replication)

    def series(self) -> BlastSeries:
        """Return the series for figures."""
        return BlastSeries.of(self.innocents, self.reach, Window.of(self.scenario))

    def _in_window(self) -> Mask:
        spans = self.incident_spans
        return Window.of(self.scenario).overlap(spans.start, spans.end) > 0

    def _harm(self, innocents: Innocents) -> list[Row]:
        """Return harm by group, and refused recipients by IP and by list."""
        rows: list[Row] = []
        shown = self._shown()
        for group in groups(innocents.recipients, innocents.names, self.scenario):
            if group.scope == "egress":
                refused = innocents.refused & (group.of >= 0)
                count = np.bincount(group.of[refused], minlength=len(group.subjects))
                values = {"refused_innocents": count.astype(np.float64)}
                rows += flat("egress", group.subjects, values)
            elif group.scope in PAIRED_SCOPES:
                values = harm(innocents, group.of, len(group.subjects))
                part = flat(group.scope, group.subjects, values)
                rows += [row for row in part if row[0] not in shown or row[1] in shown[row[0]]]
        names, trace = innocents.names, self.runs.treatment
        reply = trace.recipients["reply"][innocents.row[innocents.refused]]
        cause = np.array([*names.causes, NO_CAUSE], np.int64)[reply]
        lists = np.bincount(cause[cause >= 0], minlength=len(names.blocklists))
        values = {"refused_innocents": lists.astype(np.float64)}
        return rows + flat("blocklist", names.blocklists, values)

    def _shown(self) -> dict[str, set[str]]:
        """Return the streams and classes that have innocent mail.

        Other scopes have all subjects.
        """
        known = streams(self.scenario)
        innocent = known.keys() - culprits(self.scenario)
        classes = {known[name].class_ for name in innocent}
        sides = {
            f"{known[name].class_}.{'internal' if to == 'internal' else 'external'}"
            for name in innocent
            for to, share in known[name].to.items()
            if share > 0
        }
        return {"stream": set(innocent), "class": classes | sides}

    def _reach(self, innocents: Innocents) -> list[Row]:
        window = Window.of(self.scenario)
        values = {
            "reach_hours": self.reach.hours(window),
            "reach_refused": self.reach.expected(innocents, window),
        }
        total = float(values["reach_refused"].sum())
        rows: list[Row] = [("total", "total", "reach_refused", total)]
        return rows + flat("stream", self.reach.streams, values)

    def _whole(self, innocents: Innocents) -> list[Row]:
        """Return the metrics of the runs as a whole."""
        trace, window = self.runs.treatment, Window.of(self.scenario)
        guilty = np.array([n in culprits(self.scenario) for n in trace.names.streams], bool)
        message = trace.transactions["message"][trace.attempts["transaction"]]
        by_culprit = guilty[trace.messages["stream"][message]]
        used = np.unique(trace.attempts["egress"][by_culprit])
        # Hours of IPs that a culprit used are the culprit's own.
        others = ~np.isin(np.arange(len(trace.names.egress)), used)
        values = breadth(innocents) | {
            "address_hours": self.incident_spans.address_time(others, window) / HOUR,
            "incident": float(bool(self.incidents)),
            "incidents": float(len(self.incidents)),
        }
        excess = difference(innocents.treatment.harm, innocents.control.harm)
        culprits_excess = self._culprits_excess(guilty)
        total = culprits_excess + int(excess.sum())
        # A control with more harm than the treatment, by chance, has no share.
        values["containment"] = culprits_excess / total if total > 0 else np.nan
        values["harmed_by_reputation"] = float(total)
        signals = int(guilty[self.recipients.stream[trace.signals["recipient"]]].sum())
        hit = int(np.count_nonzero(excess > 0))
        values["leverage"] = hit / signals if signals else np.nan
        return [("total", "total", name, value) for name, value in values.items()]

    def _culprits_excess(self, guilty: Mask) -> int:
        """Return the harmed recipients of the culprits in T, minus those in C."""
        rows = np.flatnonzero(
            guilty[self.recipients.stream] & self.recipients.counted & self.recipients.judged
        )
        deadline = self.recipients.deadline[rows]
        treatment = Outcomes.of(self.runs.treatment, rows, deadline).harm
        # T and C have the same rows of what was drawn.
        control = Outcomes.of(self.runs.control, rows, deadline).harm
        return int(difference(treatment, control).sum())
