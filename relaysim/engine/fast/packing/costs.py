"""Core times as rows."""

from relaysim.engine.fast.flat_arrays import NONE, Row, fields
from relaysim.engine.fast.packing.laws import Laws
from relaysim.plan.plan import Plan
from relaysim.plan.resource_plan import Cost


class Costs:
    """The costs of a plan by number: four of each hub, then those of connectors."""

    def __init__(self, plan: Plan, laws: Laws) -> None:
        self._laws = laws
        self.rows: list[Row] = []
        for hub in plan.hubs:
            for cost in (hub.receive, hub.categorize, hub.antivirus, hub.send):
                self.number(cost)

    def number(self, cost: Cost | None) -> int:
        """Return the number of a cost, a new row; -1 for none."""
        if cost is None:
            return NONE
        factors = self._laws.number(cost.factors)
        self.rows.append({**fields(cost, "base", "per_kb"), "factors": factors})
        return len(self.rows) - 1
