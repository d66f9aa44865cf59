"""The answer of a report beyond the paragraph: figures by verdict, and the limits of the answer."""

from collections.abc import Iterator

from relaysim.present.text.comparison_answer import Row, headline_rows, item, name_of
from relaysim.present.text.headline_metrics import NOT_SERVICE
from relaysim.present.text.sensitivity_tables import turning
from relaysim.present.text.sweep_tables import break_evens
from relaysim.stats.interval import BETTER, LOSES_MORE, NOT_DECIDED, WORSE
from relaysim.study.architecture import Report, Sizing
from relaysim.study.factors import in_force


def points(report: Report) -> Iterator[tuple[str, list[str]]]:
    """Yield for each alternative a heading and its headline figures by verdict."""
    comparison = report.comparison
    base, *alternatives = (design.name for design in comparison.scenarios)
    for name in alternatives:
        rows = list(headline_rows(comparison, name))
        served = [row for row in rows if row[0].metric not in NOT_SERVICE]
        parts = {
            "Better": [item(row) for row in served if row[2]["verdict"] == BETTER],
            "Worse": [item(row) for row in served if row[2]["verdict"] == WORSE],
            "Faster, but loses more mail": [
                item(row) for row in served if row[2]["verdict"] == LOSES_MORE
            ],
            "Not decided": [
                _not_decided(row) for row in served if row[2]["verdict"] == NOT_DECIDED
            ],
            "Losses by kind, junked mail, and refused attempts at submission": [
                item(row)
                for row in rows
                if row[0].metric in NOT_SERVICE and row[2]["verdict"] in (BETTER, WORSE, LOSES_MORE)
            ],
        }
        lines = [f"{word}: {'; '.join(items)}." for word, items in parts.items() if items]
        yield f"{name} instead of {base}", lines or ["No headline figure differs measurably."]


def flips(report: Report) -> Iterator[str]:
    """Yield where the answer changes: along the load, by assumptions, and with more hardware."""
    base = report.comparison.scenarios[0]
    if report.flips is None:
        yield "Along the load: not computed (--no-flip)."
    else:
        path = report.flips.parameters[0]
        value = in_force(base, path)
        value = f"{int(value):,}" if value.isdecimal() else value
        for sentence in break_evens(report.flips):
            yield f"Along {path} ({value} in the scenario): {sentence}"
    if report.turning is None:
        yield "By assumptions: not computed (--no-sensitivity)."
    else:
        count, asked = len(report.turning.inputs), report.turning.asked
        yield f"By {count} assumptions, each halved and doubled: {asked}. {turning(report.turning)}"
    for sizing in report.sizings:
        yield f"By hardware alone: {_sized(sizing, base.name)}"


def _sized(sizing: Sizing, base: str) -> str:
    target = f"{sizing.target.text}, as {sizing.instead_of} does"
    if sizing.size is None:
        return f"{base} is not shown to reach {target}, with up to {sizing.tried[-1]} cores."
    return f"{base} reaches {target}, with {sizing.size.value} cores."


def _not_decided(row: Row) -> str:
    """Return the name of a figure; with one replication its values too, as nothing is decided."""
    headline, subject, values = row
    return item(row) if values["replications"] == 1 else name_of(headline, subject)
