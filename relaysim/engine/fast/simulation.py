"""A run of the compiled engine: the same trace as that of `relaysim.engine.run.run`."""

import ctypes
import weakref
from typing import Any

import numpy as np

from relaysim.engine.fast.binding import CALLS, Library, load_library
from relaysim.engine.fast.interrupts import deferred
from relaysim.engine.fast.packed_draws import pack_draws
from relaysim.engine.fast.packed_plan import packed_plan
from relaysim.engine.fast.watchers import Watchers
from relaysim.engine.recorder import completed
from relaysim.engine.replies import Replies
from relaysim.plan.plan import Plan
from relaysim.trace.columns import Kept, ShortColumn, Table
from relaysim.trace.record import TABLES, Spec, column_names, specs
from relaysim.trace.tables import Trace
from relaysim.traffic.workload import Draws


def run(plan: Plan, draws: Draws) -> Trace:
    """Simulate one replication; see `relaysim.engine.run.run`.

    Raises
    ------
    LibraryError
        If the compiled engine is not here.
    """
    functions = load_library()
    packed, packed_draws = packed_plan(plan), pack_draws(plan, draws)
    plan_arrays, draw_arrays = packed.arrays.addresses(), packed_draws.addresses()
    watchers = Watchers()
    calls = [kind(getattr(watchers, name)) for name, kind in CALLS.items()]
    table = (ctypes.c_void_p * len(calls))(*[ctypes.cast(c, ctypes.c_void_p).value for c in calls])
    memory = Memory(
        functions, functions.create(plan_arrays.ctypes.data, draw_arrays.ctypes.data, table)
    )
    watchers.begin(functions, memory.run, plan, draws, packed_draws)
    with deferred(watchers.end):
        end = functions.run(memory.run)
    if watchers.error is not None:
        raise watchers.error
    tables = {}
    number = 0
    for name, table_class in TABLES.items():
        columns = column_names(table_class)
        data = {
            column: memory.column(number + place, spec)
            for place, (column, spec) in enumerate(specs(table_class))
        }
        tables[name] = Table(columns, data)
        number += len(columns)
    # The watchers alone write these two.
    tables["listings"] = watchers.record.listings.table()
    tables["actions"] = watchers.record.actions.table()
    replies = Replies()
    for text, cause in zip(memory.replies(0), memory.replies(1), strict=True):
        replies.number(packed.texts[text], cause)
    states = watchers.record.provider_states
    return Trace(names=completed(packed.names, plan, replies, states), end=end, **tables)


class Memory:
    """The memory of a run in C++, which lives as long as an array that shows a part of it."""

    def __init__(self, functions: Library, run: int) -> None:
        self.functions, self.run = functions, run
        weakref.finalize(self, functions.free, run)

    def column(self, number: int, spec: Spec) -> Kept | ShortColumn:
        """Return a column of the tables, by its number among all."""
        values = self._array(self.functions.column, number, spec.kept_bits)
        if not spec.is_short:
            return values
        apart = self._array(self.functions.apart, number, 64).reshape(-1, 2)
        return ShortColumn(values, apart[:, 0], apart[:, 1], spec.since)

    def replies(self, causes: int) -> list[int]:
        """Return the texts of the replies by number, or their causes (1)."""
        return [int(number) for number in self._array(self.functions.replies, causes, 64)]

    def _array(self, function: Any, number: int, bits: int) -> Kept:
        length = ctypes.c_int64()
        address = function(self.run, number, ctypes.byref(length))
        if not length.value:
            return np.empty(0, dtype=f"i{bits // 8}")
        return np.asarray(_Numbers(self, address, length.value, bits))


class _Numbers:
    """Integers at an address, in the words of NumPy."""

    def __init__(self, memory: Memory, address: int, length: int, bits: int) -> None:
        self.memory = memory
        self.__array_interface__ = {
            "shape": (length,),
            "typestr": f"<i{bits // 8}",
            "data": (address, False),
            "version": 3,
        }
