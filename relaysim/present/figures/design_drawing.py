"""A design: hosts, receive connectors, hubs, public IPs and destinations, with flows of mail."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from matplotlib.patches import Patch

from relaysim.analysis.sharing import open_paths, outside
from relaysim.plan.compiler import compile_plan
from relaysim.present.drawing.boxes import Band, Box, Layout, Line, Stub
from relaysim.present.drawing.empty_figure import NothingToDrawError
from relaysim.present.drawing.state_bands import REFUSED
from relaysim.present.drawing.style import INK, PALE, Key, Sheet, sheet
from relaysim.present.drawing.text_width import wrapped
from relaysim.present.figures.binding_limits import RULE, Limit
from relaysim.present.figures.mail_flows import (
    BALANCER,
    CONNECTOR,
    DESTINATION,
    HOST,
    HUB,
    IP,
    SENDING_HUB,
    STAGES,
    SUBMISSION,
    Flows,
    Stop,
)
from relaysim.scenario.model import Scenario
from relaysim.scenario.reference import INTERNAL, SPAMTRAPS

OTHER, CULPRITS, SHORT = "#A9C1D9", "#E0A458", "#C1121F"
"""Mail of innocents and of culprits, and limits that bind."""
_PANEL, _LEFT, _RIGHT = 7.84, 0.02, 0.14
"""The width of the panel, and what stays free at its sides, inches."""
_BOX, _PART = 1.2, 0.74
"""The width of a box, at most: inches, and part of the distance of two columns."""
_WIDEST, _THINNEST = 0.42, 0.012
"""Widths of the widest band and of the thinnest that can be seen, inches."""
_HEAD, _FOOT = 0.3, 0.35
_TITLE_SIZE = 8.5
_TITLES = {
    HOST: "hosts",
    BALANCER: "load balancers",
    CONNECTOR: "receive connectors",
    HUB: "hubs",
    SENDING_HUB: "sending hubs",
    IP: "public IPs",
    DESTINATION: "destinations",
}
_MISHAP = 0.001
"""The share of recipients that may be refused without a word in the title."""
_STATUSES = {"in_flight": "in flight"}


class Picture(NamedTuple):
    """The material of a drawing: flows and limits of a replication, and the listed IPs.

    `listed` has for each listed public IP the probability or the length of its listings, in words.
    """

    scenario: Scenario
    flows: Flows
    limits: Sequence[Limit]
    listed: Mapping[str, str]


def design(of: Picture, caption: str) -> Sheet:
    """Draw a design as one panel, from left to right.

    Parameters
    ----------
    of : Picture
        Flows, limits and listed IPs.
    caption : str
        The origin of the numbers.

    Raises
    ------
    NothingToDrawError
        If there was no mail.
    """
    if not of.flows.stops():
        raise NothingToDrawError("there is no mail to draw")
    scale = (
        _WIDEST / math.sqrt(max(flow.recipients for flow in of.flows.flows))
        if of.flows.flows
        else 0.0
    )

    def width(recipients: int) -> float:
        # A root, because flows differ by orders of magnitude.
        return max(scale * math.sqrt(recipients), _THINNEST)

    stages = [kinds for kinds in STAGES if any(s.kind in kinds for s in of.flows.stops())]
    # A stage without a stop, such as sending hubs, takes no column.
    column = {kind: place for place, kinds in enumerate(stages) for kind in kinds}
    room = _PANEL - _LEFT - _RIGHT
    box = min(_BOX, _PART * room / (len(stages) - 1 + _PART))
    between = (room - box) / max(len(stages) - 1, 1)
    boxes = [_box(of, stop, column[stop.kind]) for stop in of.flows.stops()]
    # Culprits last: their bands are drawn above the others.
    flows = sorted(of.flows.flows, key=lambda flow: flow.culprit)
    bands = [
        Band(flow.start, flow.end, width(flow.recipients), CULPRITS if flow.culprit else OTHER)
        for flow in flows
    ]
    stubs = [Stub(lost.at, width(lost.recipients), REFUSED) for lost in of.flows.losses]
    left = [_LEFT + between * place for place in range(len(stages))]
    layout = Layout.of(boxes, bands, stubs, left, box)
    tall = layout.height + _HEAD + _FOOT
    figure, (panel,) = sheet(1, 1, _message(of), caption, _keys(of), row_height=tall + 0.12)
    panel.set_axis_off()
    panel.set_xlim(0.0, _PANEL)
    panel.set_ylim(layout.height + _FOOT, -_HEAD)
    for kinds, x in zip(stages, left, strict=True):
        title = "\n".join(wrapped(_TITLES[kinds[0]], _TITLE_SIZE, 0.95 * between))
        panel.text(x, -0.17, title, size=_TITLE_SIZE, color=PALE, va="center")
    layout.draw(panel)
    panel.text(0.0, layout.height + 0.2, _scale(of.flows), size=7.0, color=PALE, va="center")
    return figure


def _scale(of: Flows) -> str:
    """Return the meaning of the widths."""
    most = max((flow.recipients for flow in of.flows), default=0)
    return (
        f"Width of a band: the square root of its recipients; the widest has {most:,}. All "
        "in the window of the run, without DSNs."
    )


def _box(of: Picture, stop: Stop, column: int) -> Box:
    """Return the box of a stop with name, recipients, losses and the limits that bind there."""
    name, *more = _names(of, stop)
    came = of.flows.through(stop)
    lines = [Line(name, 8.0, INK, bold=True), *(Line(item) for item in more)]
    lines.append(Line(f"{came:,} recipient{'s' * (came != 1)}"))
    lines += [
        Line(f"{lost.recipients:,} {_STATUSES.get(lost.status, lost.status)}", 7.0, REFUSED)
        for lost in of.flows.losses
        if lost.at == stop
    ]
    short = [limit.text for limit in of.limits if limit.stop == stop]
    if stop.kind == IP and stop.name in of.listed:
        short.append(of.listed[stop.name])
    lines += [Line(text, 7.0, SHORT, bold=True) for text in short]
    return Box(stop, column, lines, SHORT if short else PALE, 1.8 if short else 0.8)


def _names(of: Picture, stop: Stop) -> list[str]:
    """Return the name of a stop, and remarks on it."""
    several = len(of.scenario.hubs) > 1
    match stop.kind:
        case "connector":
            hub, name = _connectors(of.scenario)[stop.name]
            return [name, *([hub] if several or hub in of.scenario.relays else [])]
        case "balancer":
            model = of.scenario.load_balancers[stop.name]
            return [stop.name, str(model.address), *(["source NAT"] if model.source_nat else [])]
        case "submission":
            return ["mailbox submission", *([f"to {stop.name}"] if several else [])]
        case "mailbox":
            return ["mailbox delivery", *([f"of {stop.name}"] if several else [])]
        case "ip":
            by = _send_connectors(of.scenario, stop.name)
            return [stop.name, *([f"by {', '.join(by)}"] if by else [])]
        case "destination":
            return _destination(of.scenario, stop.name)
    return [stop.name]


def _connectors(scenario: Scenario) -> dict[str, tuple[str, str]]:
    """Return the hub and the own name of each receive connector by its display name."""
    plan = compile_plan(scenario)
    return {
        connector.name: (plan.hubs[connector.hub].name, connector.title)
        for connector in plan.connectors
    }


def _send_connectors(scenario: Scenario, ip: str) -> list[str]:
    """Return the send connectors of a public IP, by the rules of routing."""
    result = {
        hop.connector.name
        for path in open_paths(scenario)
        for _, hop in outside(path)
        if hop.egress == ip and hop.connector is not None
    }
    return sorted(result)


def _destination(scenario: Scenario, name: str) -> list[str]:
    if name == INTERNAL:
        return ["own mailboxes"]
    if name == SPAMTRAPS:
        return ["spam traps"]
    model = scenario.destinations.get(name)
    if model is None:
        return [name]
    if model.domains is None:
        return [name, f"{model.domain_count:,} domains"]
    return [name, model.domains[0] if len(model.domains) == 1 else f"{len(model.domains)} domains"]


def _keys(of: Picture) -> list[Key]:
    """Return the keys of the colours that occur."""
    result: dict[str, Patch] = {}
    mail = {flow.culprit for flow in of.flows.flows}
    separate = True in mail
    if False in mail:
        result["other mail" if separate else "mail"] = Patch(facecolor=OTHER)
    if separate:
        result["mail of culprits"] = Patch(facecolor=CULPRITS)
    if of.flows.losses:
        result["not delivered"] = Patch(facecolor=REFUSED)
    short = {RULE: Patch(facecolor="white", edgecolor=SHORT, linewidth=1.8)}
    return [result, *([short] if _bound(of) else [])]


def _bound(of: Picture) -> bool:
    """Return whether a box has the edge of a limit that binds or of a listed IP."""
    drawn = of.flows.stops()
    names = {stop.name for stop in drawn if stop.kind == IP}
    return any(limit.stop in drawn for limit in of.limits) or not names.isdisjoint(of.listed)


def _message(of: Picture) -> str:
    """Return the title: the limits that bind, and the listed IPs."""
    name = of.scenario.name
    kinds: dict[str, list[str]] = {}
    drawn = of.flows.stops()
    for limit in of.limits:
        # A place without mail, such as a hub that sends DSNs alone, has no box.
        if limit.kind and limit.stop in drawn:
            kinds.setdefault(limit.kind, []).append(limit.whose)
    short = [f"{kind} ({', '.join(dict.fromkeys(owners))})" for kind, owners in kinds.items()]
    sentence = f"{name}: limits bind at {_all(short)}" if short else f"{name}: no limit binds"
    listed = [f"{ip} is {text}" for ip, text in of.listed.items()]
    return "; ".join([sentence, *_turned_away(of.flows, of.scenario), *listed])


def _turned_away(of: Flows, scenario: Scenario) -> Iterator[str]:
    """Yield the share of mail that no hub accepted, by place, unless it is very small."""
    lost = [loss for loss in of.losses if loss.at.kind in (CONNECTOR, SUBMISSION)]
    count = sum(loss.recipients for loss in lost)
    if count > _MISHAP * sum(flow.recipients for flow in of.flows if flow.start.kind == HOST):
        known = _connectors(scenario)
        places = dict.fromkeys(known.get(loss.at.name, ("", loss.at.name))[1] for loss in lost)
        yield f"{count:,} recipient{'s are' if count != 1 else ' is'} refused at {_all([*places])}"


def _all(names: Sequence[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last
