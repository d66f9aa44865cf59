"""The context of an actor: what every actor of a run shares."""

from typing import NamedTuple

from relaysim.engine.kernel import EventLoop
from relaysim.engine.recorder import Recorder
from relaysim.engine.transactions import TransactionStates
from relaysim.plan.plan import Plan


class Context(NamedTuple):
    """Event loop, record, working state of the transactions, and plan of a run.

    Each actor gets every other actor or function that it calls as an argument of its own. Only
    `relaysim.engine.wiring` connects actors.
    """

    loop: EventLoop
    record: Recorder
    transactions: TransactionStates
    plan: Plan
