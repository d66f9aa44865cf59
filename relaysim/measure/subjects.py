"""The subjects of the results of a design, known before any run."""

from collections.abc import Sequence

from relaysim.measure.quantity import Quantity, unknown_subject
from relaysim.measure.recipient_groups import INTERNAL, sides
from relaysim.measure.recipients import DSN, streams
from relaysim.plan.numbering import registered_sender_domains
from relaysim.scenario.model import Scenario


def subjects(scenario: Scenario, scope: str) -> tuple[str, ...] | None:
    """Return the subjects of a scope in the results of a scenario; None where a run shows them.

    Parameters
    ----------
    scenario : Scenario
        The scenario.
    scope : str
        A scope of the catalogue, such as "class".

    Returns
    -------
    tuple of str or None
        All subjects that results may have; None for resources, which depend on what is sent.
    """
    match scope:
        case "total":
            return ("total",)
        case "class":
            names = dict.fromkeys(stream.class_ for stream in streams(scenario).values())
            return (*names, DSN, *(f"{name}.{side}" for name, side in sides(scenario)))
        case "stream":
            return tuple(streams(scenario))
        case "destination":
            return (INTERNAL, *scenario.destinations)
        case "hub":
            return tuple(scenario.senders)
        case "egress":
            return tuple(scenario.egress)
        case "sender_domain":
            return tuple(registered_sender_domains(scenario))
        case "blocklist":
            return tuple(scenario.blocklists)
    return None


def require_known(quantity: Quantity, scenarios: Sequence[Scenario]) -> None:
    """Refuse a quantity that no run of these scenarios can have, before the first one.

    Parameters
    ----------
    quantity : Quantity
        What is asked.
    scenarios : sequence of Scenario
        The designs, each with all values that a study gives it.

    Raises
    ------
    QuantityError
        If no scenario has the subject; the message names the nearest.
    """
    known: dict[str, None] = {}
    for scenario in scenarios:
        result = subjects(scenario, quantity.scope)
        if result is None:
            return
        known |= dict.fromkeys(result)
    if quantity.subject not in known:
        raise unknown_subject(quantity, known, len({scenario.name for scenario in scenarios}))
