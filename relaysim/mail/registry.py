"""Every reply that can occur in a run, numbered, so that a trace keeps a small integer for each."""

from relaysim.mail.remote import REMOTE_REPLIES
from relaysim.mail.reply import EXCHANGE_REPLIES, Reply

REPLIES: tuple[Reply, ...] = EXCHANGE_REPLIES + REMOTE_REPLIES
"""The reply of each number. Numbers hold within one version of this program."""

_NUMBERS = {reply: number for number, reply in enumerate(REPLIES)}


def reply_number(reply: Reply) -> int:
    """The number of a reply, fields not filled in. Raises KeyError for an unknown one."""
    return _NUMBERS[reply]
