"""Keyed draws: every random number is a hash of its purpose; the order of draws has no effect.

A draw is a pure function of (seed, replication, kind, entity, decision, counter). `name_key` hashes
the names once, `mix` makes the keys of numbered entities, and `draw32` draws for an entity. So a
recipient draws the same numbers in every design, in any order of events.

`mix` is SplitMix64 (Steele, Lea and Flood, Fast Splittable Pseudorandom Number Generators, OOPSLA
2014): `mix(key, n)` is the n-th output, from 0, of their generator seeded with `key`. It needs
arithmetic modulo 2**64 only, so any language can repeat it.
"""

import math
from array import array
from collections.abc import Iterable
from enum import IntEnum
from functools import lru_cache
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

__all__ = [
    "Decision",
    "below",
    "draw32",
    "draw32_array",
    "draw_array",
    "hop_counter",
    "looked_up",
    "mix",
    "mix_array",
    "mx_counter",
    "name_key",
    "name_keys",
    "relay_counter",
    "uniforms",
]

Keys = npt.NDArray[np.uint64]

_DECISIONS = 64


class Decision(IntEnum):
    """The purpose of a random number. The values are part of every result: append, never renumber.

    Code that draws often binds the values that it needs to local integers: the look-up of a member
    of an enumeration takes a quarter of the time of a draw.
    """

    # Of a recipient, or the first one of a transaction, counted by hop: 0 at the first hub.
    RECEIVE_COST = 0
    CATEGORIZE_COST = 1
    ANTIVIRUS_COST = 2
    # The same, counted by hop and attempt (`hop_counter`).
    SEND_COST = 3
    # The same, counted by attempt alone: equal in all designs, whatever hubs the mail comes by. An
    # attempt at a relay service draws apart from those at the receiver behind (`relay_counter`).
    MAILBOX_TIME = 4
    CONNECT_TIME = 5
    RESPONSE_TIME = 6
    CONNECT_FAILURE = 7
    DEFER = 8
    # Of the recipient that a DSN is about, once.
    NDR = 9
    DELAY_NOTICE = 10
    # Of the first recipient of a message, counted by attempt of the host.
    PROXY = 11
    # Of the first recipient of a message, once.
    PUBLIC_IP = 12
    # Of the first recipient of a transaction, counted by attempt at the receiver.
    REQUIREMENT_DEFER = 13
    # Of a recipient, or the first one of a transaction, by attempt and MX host (`mx_counter`).
    MX_HOST = 14
    # Of the first recipient of the transaction that opens a connection, counted by its attempt.
    OUTBOUND_PROXY = 15
    # Of a recipient, once; of an address of a mailing list, for all recipients that go to it.
    DESTINATION = 16
    DOMAIN = 17
    PROVIDER_TRAP = 18
    UNKNOWN = 19
    # Of a recipient, once.
    COMPLAINT = 20
    REPORT = 21
    # Of the recipient that a host sends a message to once more, once.
    DUPLICATE = 22
    # Of a message, once.
    RECIPIENTS = 24
    SIZE = 25
    # Of a recipient, once it has arrived.
    TRAP_DELAY = 26
    COMPLAINT_DELAY = 27
    FEEDBACK_DELAY = 28
    JUNK = 29
    # Of the first recipient to a trap of a mailing list, counted by clean-up.
    CLEANED = 30
    # Of the first recipient of a transaction, once.
    REQUIREMENT = 31
    # Of a stream, counted by message or burst.
    GAP = 32
    BURST_FIRST = 33
    BURST_LENGTH = 34
    # Of a stream, once.
    COMPROMISE = 35
    # Of a receiving domain, once.
    STAGE = 40
    ACTION = 41
    MIRROR = 42
    GREYLIST = 43
    RESOLVER = 44
    # Of a blocklist, counted by its own events.
    LIST_HAZARD = 48
    LIST_COMPROMISE = 49
    LIST_REQUEST = 50
    LIST_VICINITY = 51
    LIST_ESCALATE = 52
    LIST_NEIGHBOUR = 53
    LIST_ALTERNATION = 54
    LIST_TIME = 55
    # Of the administrator, and of a mailbox provider, counted by their own events.
    ADMIN_MONITOR = 56
    ADMIN_NDR = 57
    ADMIN_REPAIR = 58
    PROVIDER_WIDENING = 60
    PROVIDER_MITIGATION = 61


def name_key(seed: int, replication: int, *parts: str) -> int:
    """Return the 64-bit key of a named entity in one replication.

    The hash has the length of each part before the part, so ("a", "bc") and ("ab", "c") differ.

    Parameters
    ----------
    seed, replication : int
        The seed of the run, and the number of the replication from 0.
    parts : str
        The kind of the entity and its names, such as "stream", host and stream.
    """
    return int.from_bytes(_hashed(_hash(seed, replication), *parts).digest(), "little")


def name_keys(seed: int, replication: int, kind: str, names: Iterable[str]) -> Keys:
    """Return `name_key(seed, replication, kind, name)` for each name, as a uint64 array."""
    return _name_keys(seed, replication, kind, tuple(names))


@lru_cache(maxsize=64)
def _name_keys(seed: int, replication: int, kind: str, names: tuple[str, ...]) -> Keys:
    """Return the keys of the names, read-only: designs of a study have most names in common."""
    start = _hashed(_hash(seed, replication), kind)
    digests = [_hashed(start.copy(), name).digest() for name in names]
    keys = np.frombuffer(b"".join(digests), dtype="<u8").astype(np.uint64)
    keys.flags.writeable = False
    return keys


def mix(key: int, salt: int) -> int:
    """Return the 64-bit key of entity number `salt`, counted from 0, below `key`."""
    z = key + (salt + 1) * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & 0xFFFFFFFFFFFFFFFF
    z = (z ^ z >> 27) * 0x94D049BB133111EB & 0xFFFFFFFFFFFFFFFF
    return z ^ z >> 31


def mix_array(keys: Keys | int, salts: Keys | int) -> Keys:
    """Return `mix` of each pair of key and salt as a uint64 array.

    At least one of the two is a uint64 array; an integer is paired with all of its entries.
    """
    z = np.asarray(_steps(salts) + _wrapped(keys))
    z ^= z >> np.uint64(30)
    z *= np.uint64(0xBF58476D1CE4E5B9)
    z ^= z >> np.uint64(27)
    z *= np.uint64(0x94D049BB133111EB)
    z ^= z >> np.uint64(31)
    return z


def draw32(key: int, decision: int, counter: int) -> int:
    """Return 32 random bits for a decision of an entity; `counter` numbers its draws for it from 0.

    The bits are the upper half of `mix(key, decision + 64 * counter)`, written out because the
    engine draws several times a message. `looked_up` turns them into a value of a law.
    """
    z = key + (decision + 64 * counter + 1) * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & 0xFFFFFFFFFFFFFFFF
    z = (z ^ z >> 27) * 0x94D049BB133111EB & 0xFFFFFFFFFFFFFFFF
    return (z ^ z >> 31) >> 32


_TOP = 65_535


def looked_up(table: "array[int]", bits: int) -> int:
    """Return the value of a law for a draw.

    Parameters
    ----------
    table : array of int
        65,536 equally likely values in ascending order; after them, for a law with a heavy tail,
        65,536 parts of the top value (`relaysim.traffic.sample.quantile_table`).
    bits : int
        32 random bits. The upper 16 choose the value, the lower 16 the part of the top value.

    Returns
    -------
    int
        In the unit of the table.
    """
    index = bits >> 16
    if index == _TOP and len(table) > 65_536:
        return table[65_536 + (bits & 0xFFFF)]
    return table[index]


def hop_counter(hop: int, attempt: int) -> int:
    """Return the counter of what a hub spends on an attempt.

    Each hub draws its own numbers. At the first hub the counter is the attempt alone, so a design
    of one hub draws the same numbers as a design whose first hub hands the mail over.

    Parameters
    ----------
    hop : int
        How many hubs had the mail before.
    attempt : int
        From 0, below 2**32.

    Returns
    -------
    int
        A counter for `draw32` that no other hop and attempt have.
    """
    return hop << 32 | attempt


def relay_counter(relay: int, attempt: int) -> int:
    """Return the counter of what the other end of a connection takes for an attempt.

    Parameters
    ----------
    relay : int
        Number of the relay service at the other end; -1 for none.
    attempt : int
        From 0, below 2**32.

    Returns
    -------
    int
        The attempt alone, but for a relay service: the receiver behind has the same draws as
        without the service.
    """
    return attempt if relay < 0 else hop_counter(1, attempt)


def mx_counter(relay: int, attempt: int, tried: int) -> int:
    """Return the counter of the choice of an MX host.

    Parameters
    ----------
    relay, attempt : int
        As for `relay_counter`.
    tried : int
        How many hosts did not answer before, below 100.

    Returns
    -------
    int
        A counter for `draw32`.
    """
    return tried << 40 | relay_counter(relay, attempt)


def draw32_array(
    keys: Keys | int, decision: int, counters: Keys | int = 0
) -> npt.NDArray[np.uint32]:
    """Return `draw32` of each pair of key and counter.

    Parameters
    ----------
    keys : uint64 array or int
        Keys of entities; an integer is paired with all counters.
    decision : int
        The decision, see `Decision`.
    counters : uint64 array or int
        Counters; an integer is paired with all keys. At least one of the two is an array.
    """
    return (draw_array(keys, decision, counters) >> np.uint64(32)).astype(np.uint32)


def draw_array(keys: Keys | int, decision: int, counters: Keys | int = 0) -> Keys:
    """Return all 64 bits of the draws of each pair of key and counter, see `draw32_array`."""
    if isinstance(counters, int):
        return mix_array(keys, decision + _DECISIONS * counters)
    return mix_array(keys, np.uint64(_DECISIONS) * counters + np.uint64(decision))


def uniforms(bits: Keys) -> npt.NDArray[np.float64]:
    """Return random bits as numbers in (0, 1): odd multiples of 2**-53, so never 0 and never 1."""
    return ((bits >> np.uint64(11)) | np.uint64(1)).astype(np.float64) * 2.0**-53


def below(bits: Keys, probability: float) -> npt.NDArray[np.bool_]:
    """Return which of the random bits mean that an event of this probability occurs.

    The same bits and a larger probability give all these events and more.

    Parameters
    ----------
    bits : uint64 array, shape (n,)
        64 random bits each.
    probability : float
        In [0, 1].

    Returns
    -------
    bool array, shape (n,)
        Whether each event occurs.
    """
    if probability >= 1:
        return np.ones(bits.shape, dtype=np.bool_)
    return bits < np.uint64(math.ceil(probability * 2.0**64))


def _hash(seed: int, replication: int) -> blake2b:
    return blake2b(f"{seed}.{replication}".encode(), digest_size=8)


def _hashed(digest: blake2b, *parts: str) -> blake2b:
    for part in parts:
        text = part.encode()
        digest.update(b"/%d:%b" % (len(text), text))
    return digest


def _steps(salts: Keys | int) -> Keys | np.uint64:
    if isinstance(salts, int):
        return _wrapped((salts + 1) * 0x9E3779B97F4A7C15)
    return (salts + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)


def _wrapped(value: Keys | int) -> Keys | np.uint64:
    return np.uint64(value & 0xFFFFFFFFFFFFFFFF) if isinstance(value, int) else value
