"""The compiled library: found, compared with this package, and its functions with their types."""

import ctypes
from functools import cache
from pathlib import Path
from typing import Any

from relaysim.engine.fast.build import LIBRARY, is_whole, sources
from relaysim.engine.fast.header import layout
from relaysim.engine.fast.layout import WATCHERS

HOW = "`python -m relaysim.engine.fast.build` makes it"


class LibraryError(Exception):
    """The compiled engine is not here, or is not that of this package."""


class EventLoop(ctypes.Structure):
    """The first fields of the event loop in C++."""

    _fields_ = [("tick", ctypes.c_int64), ("finished", ctypes.c_int64)]


_I, _P = ctypes.c_int64, ctypes.c_void_p
_FUNCTIONS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "create": (_P, (_P, _P, _P)),
    "loop": (ctypes.POINTER(EventLoop), (_P,)),
    "schedule_review": (None, (_P, _I, _I)),
    "at": (None, (_P, _I, _I, _I, _I, _I, _I)),
    "level": (None, (_P, _I, _I, _I, _I)),
    "volume": (_I, (_P, _I, _I)),
    "is_bulk_sender": (_I, (_P, _I, _I)),
    "clean": (_I, (_P, _I, _I)),
    "pause": (None, (_P, _I, _I)),
    "move_culprits": (None, (_P,)),
    "run": (_I, (_P,)),
    "processed": (_I, (_P,)),
    "column": (_P, (_P, _I, _P)),
    "apart": (_P, (_P, _I, _P)),
    "replies": (_P, (_P, _I, _P)),
    "free": (None, (_P,)),
}
"""By function the types of its result and its arguments; their names in C++ begin `relaysim_`."""
CALLS: dict[str, Any] = {
    name: ctypes.CFUNCTYPE(_P if name == "new_state" else None, *(_I for _ in arguments))
    for name, arguments in WATCHERS.items()
}
"""The types of the functions that C++ calls."""


class Library:
    """The functions of the library.

    Parameters
    ----------
    file
        The library.

    Raises
    ------
    LibraryError
        If it is not here or damaged, or was made from other sources or for another layout of
        memory.
    """

    def __init__(self, file: Path = LIBRARY) -> None:
        if not file.exists():
            raise LibraryError(f"the compiled engine is not here: {HOW}")
        try:
            if not is_whole(file):
                raise LibraryError(f"the compiled engine is damaged: {HOW}")
            library = ctypes.CDLL(str(file))
        except OSError as error:
            raise LibraryError(f"the compiled engine cannot be loaded ({error}): {HOW}") from None
        for name, expected in (("layout", layout()), ("sources", sources())):
            function = getattr(library, f"relaysim_{name}", None)
            if function is not None:
                function.restype = ctypes.c_char_p
            if function is None or function() != expected.encode():
                raise LibraryError(f"the compiled engine is of another version of relaysim: {HOW}")
        self.digest = sources()
        for name, (result, arguments) in _FUNCTIONS.items():
            function = getattr(library, f"relaysim_{name}")
            function.restype, function.argtypes = result, arguments
            setattr(self, name, function)

    def __getattr__(self, name: str) -> Any:
        """Declare for the type checker that the functions are attributes."""
        raise AttributeError(name)


@cache
def load_library() -> Library:
    """Return the library, loaded once. Raises LibraryError."""
    return Library()
