"""A plan as flat arrays, and the plans that are packed already."""

from collections import deque
from dataclasses import dataclass

from relaysim.engine.fast.flat_arrays import Arrays, arrays, fields
from relaysim.engine.fast.layout import PLAN
from relaysim.engine.fast.packing.costs import Costs
from relaysim.engine.fast.packing.laws import Laws
from relaysim.engine.fast.packing.packed_connectors import packed_connectors
from relaysim.engine.fast.packing.packed_hosts import packed_balancers, packed_hosts
from relaysim.engine.fast.packing.packed_hubs import packed_hubs
from relaysim.engine.fast.packing.packed_queues import (
    packed_ip_choices,
    packed_queues,
    packed_routes,
)
from relaysim.engine.fast.packing.packed_receivers import packed_receivers
from relaysim.engine.fast.packing.packed_relays import packed_relays
from relaysim.engine.fast.packing.packed_run import packed_run
from relaysim.engine.fast.packing.packed_senders import packed_requirements, sender_domains
from relaysim.engine.fast.packing.reply_texts import ReplyTexts
from relaysim.engine.recorder import names
from relaysim.plan.plan import Plan
from relaysim.scenario.latest import MOST
from relaysim.scenario.problem import Problem, ScenarioError
from relaysim.trace.tables import Names


@dataclass(frozen=True, eq=False)
class PackedPlan:
    """A plan for the compiled engine, the texts of its replies, and the names of its traces."""

    arrays: Arrays
    texts: tuple[str, ...]
    names: Names


_latest: deque[tuple[Plan, PackedPlan]] = deque(maxlen=3 * MOST)
"""The last packed plans: a comparison takes the replications of its designs in turn, each with
three coupled runs."""


def packed_plan(plan: Plan) -> PackedPlan:
    """Return a plan as flat arrays: the same object for one of the last plans.

    Raises
    ------
    ScenarioError
        If there is more of something than a word of the compiled engine can number.
    """
    for known, packed in _latest:
        if known is plan:
            return packed
    packed = _pack(plan)
    _latest.appendleft((plan, packed))
    return packed


def _pack(plan: Plan) -> PackedPlan:
    _require_room(plan)
    texts, laws, domains = ReplyTexts(plan), Laws(), sender_domains(plan)
    run, costs = packed_run(plan, texts, laws, domains), Costs(plan, laws)
    values = {
        **run,
        **packed_hosts(plan, texts),
        **packed_connectors(plan, texts, costs),
        **packed_balancers(plan),
        **packed_hubs(plan),
        **packed_queues(plan, texts, costs),
        **packed_ip_choices(plan),
        **packed_receivers(plan, texts, laws),
        **packed_relays(plan, texts),
        **packed_requirements(plan, texts, domains),
        **packed_routes(plan),
        "lines": [fields(line, "bandwidth", "station") for line in plan.lines],
        "egress": [fields(egress, "network", "ptr") for egress in plan.egress],
        "blocklists": [fields(blocklist, "lists_domains") for blocklist in plan.blocklists],
        "bands": plan.bands,
        "costs": costs.rows,
        "codes": [int(text[:3]) for text in texts.texts],
        "same_text": texts.same(),
        "laws": laws.rows(),
    }
    return PackedPlan(arrays(PLAN, values, laws), tuple(texts.texts), names(plan))


def _require_room(plan: Plan) -> None:
    """Raise ScenarioError for numbers that do not fit into the parts of a word."""
    for noun, count, most in (
        ("hubs", len(plan.hubs), 1 << 13),
        ("hosts", len(plan.hosts), 1 << 13),
        ("egress", len(plan.egress) + len(plan.registered_domains), 1 << 13),
        ("destinations", len(plan.receivers), 1 << 13),
        ("streams", len(plan.streams), 1 << 15),
        ("connectors", len(plan.connectors), 1 << 15),
        ("stations", len(plan.stations), 1 << 15),
    ):
        if count > most:
            message = f"{count:,} are too many for the compiled engine: use --engine reference"
            raise ScenarioError([Problem((noun,), message)])
