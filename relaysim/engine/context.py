"""The context of an actor: what every actor of a run shares."""

from typing import NamedTuple

from relaysim.engine.kernel import EventLoop
from relaysim.engine.recorder import Recorder
from relaysim.engine.transactions import TransactionStates
from relaysim.plan.plan import Plan


class Context(NamedTuple):
    """Event loop, record, working state of the transactions, and plan of a run.

    Each actor takes from it what it needs, and gets every other actor or function that it calls as
    an argument of its own. `relaysim.engine.wiring` is the one place that connects them.
    """

    loop: EventLoop
    record: Recorder
    transactions: TransactionStates
    plan: Plan
