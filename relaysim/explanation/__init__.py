"""Explain: why a hub accepts or refuses a message, and where the message goes."""

from relaysim.explanation.expected_dialogue import Letter
from relaysim.explanation.message import explain
from relaysim.explanation.message_explanation import Explanation
from relaysim.explanation.permissions import connector_grants, explain_connector
from relaysim.explanation.session import Attempt, Outcome

__all__ = [
    "Attempt",
    "Explanation",
    "Letter",
    "Outcome",
    "connector_grants",
    "explain",
    "explain_connector",
]
