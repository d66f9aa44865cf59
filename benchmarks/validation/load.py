"""An SMTP client that submits bursts and streams at set times.

    python load.py ORDER.json

The order has `warm`, `streams` and `out`. First as many sessions as `warm` says submit nothing at
each hub, so that its processes which take mail run. A stream has a name, the port of its hub, the
address of its recipient, the size of its messages and a number of sessions. With `arrivals`
(seconds after the start) each message has a session of its own, so many at a time; with
`messages` and `at` the sessions submit them as fast as they can. The CSV file `out` has one row a
message: when it was submitted (its session connects, or its MAIL FROM in a session that goes on)
and when its 250 came.
"""

import asyncio
import csv
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

COLUMNS = ("message", "stream", "number", "submitted", "acknowledged")
PAUSE = 0.5
"""Seconds from the last session that submits nothing to the start."""

Rows = list[tuple[str, str, int, float, float]]


class Session:
    """One SMTP session."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def connect(cls, port: int) -> "Session":
        """Connect and say EHLO."""
        session = cls(*await asyncio.open_connection("127.0.0.1", port))
        await session.command(b"", b"220")
        await session.command(b"EHLO client.test\r\n", b"250")
        return session

    async def command(self, command: bytes, expected: bytes) -> None:
        """Send a command and read its reply.

        Raises
        ------
        ConnectionError
            If the reply is another one.
        """
        if command:
            self.writer.write(command)
        line = await self.reader.readline()
        while line[3:4] == b"-":
            line = await self.reader.readline()
        if not line.startswith(expected):
            raise ConnectionError(f"{command[:40]!r}: {line!r}")

    async def envelope(self, recipient: str) -> None:
        """Send sender and recipient of a message."""
        await self.command(b"MAIL FROM:<app@corp.test>\r\n", b"250")
        await self.command(f"RCPT TO:<{recipient}>\r\n".encode(), b"250")

    async def submit(self, stream: dict[str, Any], name: str) -> None:
        """Submit one message."""
        await self.envelope(stream["recipient"])
        await self.command(b"DATA\r\n", b"354")
        await self.command(content(name, stream["recipient"], stream["size"]) + b".\r\n", b"250")

    async def close(self) -> None:
        """End the session."""
        await self.command(b"QUIT\r\n", b"221")
        self.writer.close()
        await self.writer.wait_closed()


def content(name: str, recipient: str, size: int) -> bytes:
    """Return a message of a size in bytes."""
    head = (
        f"X-Message: {name}\r\nFrom: <app@corp.test>\r\nTo: <{recipient}>\r\n"
        f"Subject: validation\r\nMessage-ID: <{name}@corp.test>\r\n\r\n"
    ).encode()
    lines, rest = divmod(max(2, size - len(head)), 72)
    return head + (b"x" * 70 + b"\r\n") * lines + b"x" * max(0, rest - 2) + b"\r\n" * (rest > 1)


def message_name(stream: str, number: int) -> str:
    """Return the name of a message, which it carries in a header line."""
    return f"{stream}-{number:06d}"


async def stream_of_sessions(stream: dict[str, Any], start: float, rows: Rows) -> None:
    """Submit each message at its time in a session of its own."""
    room = asyncio.Semaphore(stream["sessions"])

    async def one(number: int) -> None:
        async with room:
            submitted, name = time.time(), message_name(stream["name"], number)
            session = await Session.connect(stream["port"])
            await session.submit(stream, name)
            rows.append((name, stream["name"], number, submitted, time.time()))
            await session.close()

    async with asyncio.TaskGroup() as tasks:
        for number, arrival in enumerate(stream["arrivals"]):
            await asyncio.sleep(max(0.0, start + arrival - time.time()))
            tasks.create_task(one(number))


async def burst(stream: dict[str, Any], start: float, rows: Rows) -> None:
    """Submit all messages by some sessions, as fast as the hub takes them."""
    await asyncio.sleep(max(0.0, start + stream["at"] - time.time()))
    numbers = iter(range(stream["messages"]))

    async def submit_next(numbers: Iterator[int]) -> None:
        session = None
        for number in numbers:
            submitted, name = time.time(), message_name(stream["name"], number)
            session = session or await Session.connect(stream["port"])
            await session.submit(stream, name)
            rows.append((name, stream["name"], number, submitted, time.time()))
        if session:
            await session.close()

    async with asyncio.TaskGroup() as tasks:
        for _ in range(stream["sessions"]):
            tasks.create_task(submit_next(numbers))


async def warm_up(port: int, recipient: str, count: int) -> None:
    """Open sessions at a hub, all at a time, and submit nothing."""
    sessions = [await Session.connect(port) for _ in range(count)]
    for session in sessions:
        await session.envelope(recipient)
    for session in sessions:
        await session.close()


async def main(order: dict[str, Any]) -> None:
    """Submit all streams."""
    rows: Rows = []
    for port, recipient, count in order["warm"]:
        await warm_up(port, recipient, count)
    start = time.time() + PAUSE
    async with asyncio.TaskGroup() as tasks:
        for stream in order["streams"]:
            submit = stream_of_sessions if "arrivals" in stream else burst
            tasks.create_task(submit(stream, start, rows))
    with Path(order["out"]).open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(sorted(rows))


if __name__ == "__main__":
    asyncio.run(main(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))))
