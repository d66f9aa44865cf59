"""Save the arrivals of a run for the arrival process `replay`."""

from pathlib import Path

import numpy as np

from relaysim.traffic.workload import Draws

__all__ = ["save_arrivals"]


def save_arrivals(draws: Draws, stream: str, path: Path) -> None:
    """Write the messages of a stream as CSV: seconds (to the microsecond), recipients, bytes.

    A stream of the same host and name that replays the file has the same messages and recipients
    with the same keys, so the run does not change. If the stream has a mailing list, set
    `mailing_list.addresses` to `draws.list_size` of the stream: the file does not have the length
    of the list. The file has the mail of a compromised host but not the compromise, so no blocklist
    operator detects it.

    Parameters
    ----------
    draws : Draws
        The messages of one replication.
    stream : str
        `host.stream`.
    path : Path
        The file to write.

    Raises
    ------
    ValueError
        If there is no such stream.
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
