"""Explain: why a message is taken or refused, and where it goes."""

from relaysim.scenario.explain.attempt import Attempt, Outcome
from relaysim.scenario.explain.connector import connector_grants, explain_connector
from relaysim.scenario.explain.dialogue import Letter, Line
from relaysim.scenario.explain.explanation import Explanation
from relaysim.scenario.explain.message import explain

__all__ = [
    "Attempt",
    "Explanation",
    "Letter",
    "Line",
    "Outcome",
    "connector_grants",
    "explain",
    "explain_connector",
]
