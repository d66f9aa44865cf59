"""Save the arrivals of a run, so that `replay` brings them back."""

from pathlib import Path

import numpy as np

from relaysim.traffic.workload import Draws

__all__ = ["save_arrivals"]


def save_arrivals(draws: Draws, stream: str, path: Path) -> None:
    """Write a stream's messages as CSV: seconds (to the microsecond), recipients, bytes.

    A stream of the same host and name that replays the file has the same messages and recipients,
    and with them the same keys: the run does not change. If it writes to a mailing list, give it
    `mailing_list.addresses` as `draws.list_size` has it for the stream, since a recording does not
    tell where the list begins again. The mail of a compromised host is replayed, the compromise is
    not: no operator finds it out. Raises ValueError for an unknown stream.
    """
    if stream not in draws.streams:
        raise ValueError(f'"{stream}" is not a stream: there are {", ".join(draws.streams)}')
    of = np.flatnonzero(draws.stream == draws.streams.index(stream))
    recipients = np.diff(draws.first_recipient)[of]
    rows = zip(
        draws.created[of].tolist(), recipients.tolist(), draws.size[of].tolist(), strict=True
    )
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write("seconds,recipients,bytes\n")
        file.writelines(
            f"{time // 1_000_000}.{time % 1_000_000:06d},{count},{size}\n"
            for time, count, size in rows
        )
