"""Checks of the tables of the administrator and of mailing lists."""

from collections.abc import Callable

from relaysim.mail.address import parse_ip
from relaysim.scenario.problem import Problem, unknown
from relaysim.scenario.raw_tables import Found, Raw, at, parsed, streams
from relaysim.scenario.table import NONE


def _move(raw: Raw) -> Found:
    """Report a move of the culprits without a target."""
    operations, path = at(raw, "operations"), ("operations", "move_to")
    known = {parsed(parse_ip, key): key for key in at(raw, "egress")}
    if operations.get("move_to", NONE) != NONE:
        address = parsed(parse_ip, operations["move_to"])
        if address is not None and address not in known:
            yield unknown(path, str(address), "egress", known.values())
    elif operations.get("on_listing") == "move_culprit":
        yield Problem(path, 'missing key: needed with on_listing = "move_culprit"')


def _two_rates(raw: Raw) -> Found:
    """Report rates of a stream beside those of its mailing list."""
    for host, name, stream in streams(raw):
        if stream.get("mailing_list", NONE) != NONE:
            path = ("hosts", host, "streams", name)
            for key, stream_key in _LISTED.items():
                if key in stream:
                    text = f"no effect beside a mailing_list: write {stream_key} there"
                    yield Problem((*path, key), text)


_LISTED = {
    "trap_rate": "trap_share",
    "complaint_rate": "complaint_rate",
    "unknown_rate": "unknown_rate",
}


LIST_CHECKS: tuple[Callable[[Raw], Found], ...] = (_move, _two_rates)
