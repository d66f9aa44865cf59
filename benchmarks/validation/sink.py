"""An SMTP receiver for several next hops, with a set delay and reply for each attempt.

    python sink.py ORDER.json

The order has `ports`: for each next hop its port and the delay of its greeting; `replies`: for each
message a list with delay (s) and code of each attempt; `expect`: the messages to be taken; `out`: a
CSV file with one row an attempt. The process prints a line when it listens, and ends when it has
all messages or on SIGTERM. Times are seconds since 1970.
"""

import asyncio
import csv
import functools
import itertools
import json
import re
import signal
import sys
import time
from pathlib import Path
from typing import Any

MESSAGE = re.compile(rb"^X-Message: (\S+)", re.MULTILINE)
COLUMNS = ("message", "next_hop", "connection", "connected", "content", "end", "code")


class Sink:
    """What all connections share."""

    def __init__(self, order: dict[str, Any]) -> None:
        self.replies: dict[str, list[tuple[float, int]]] = order["replies"]
        self.missing: int = order["expect"]
        self.rows: list[tuple[object, ...]] = []
        self.attempts: dict[str, int] = {}
        self.numbers = itertools.count()
        self.done = asyncio.Event()

    def planned(self, message: str) -> tuple[float, int]:
        """Return delay and code of the next attempt of a message."""
        attempt = self.attempts.get(message, 0)
        self.attempts[message] = attempt + 1
        replies = self.replies[message]
        return replies[min(attempt, len(replies) - 1)]

    def ended(self, row: tuple[object, ...], code: int) -> None:
        """Note the end of an attempt."""
        self.rows.append(row)
        if code == 250:
            self.missing -= 1
            if not self.missing:
                self.done.set()


class Session(asyncio.Protocol):
    """One connection."""

    transport: asyncio.Transport

    def __init__(self, sink: Sink, next_hop: str, greeting: float) -> None:
        self.sink, self.next_hop, self.greeting = sink, next_hop, greeting
        self.buffer, self.in_content, self.scanned = bytearray(), False, 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet, after the set delay."""
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.number = transport, next(self.sink.numbers)
        self.connected = time.time()
        self._later(self.greeting, b"220 sink ESMTP\r\n")

    def _later(self, delay: float, answer: bytes) -> None:
        if delay > 0:
            asyncio.get_running_loop().call_later(delay, self._write, answer)
        else:
            self._write(answer)

    def _write(self, answer: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(answer)

    def data_received(self, data: bytes) -> None:
        """Answer each command that is complete."""
        self.buffer += data
        while self._content() if self.in_content else self._command():
            pass

    def _command(self) -> bool:
        line, end, rest = bytes(self.buffer).partition(b"\r\n")
        if not end:
            return False
        self.buffer = bytearray(rest)
        match line[:4].upper():
            case b"DATA":
                self.in_content, self.scanned = True, 0
                self._write(b"354 go on\r\n")
            case b"EHLO":
                self._write(b"250-sink\r\n250-8BITMIME\r\n250 SIZE 50000000\r\n")
            case b"QUIT":
                self._write(b"221 bye\r\n")
                self.transport.close()
                return False
            case _:
                self._write(b"250 2.0.0 Ok\r\n")
        return True

    def _content(self) -> bool:
        end = self.buffer.find(b"\r\n.\r\n", max(0, self.scanned - 4))
        if end < 0:
            self.scanned = len(self.buffer)
            return False
        content = bytes(self.buffer[:end])
        del self.buffer[: end + 5]
        self.in_content = False
        now, found = time.time(), MESSAGE.search(content)
        assert found is not None
        name = found[1].decode()
        delay, code = self.sink.planned(name)
        row = (name, self.next_hop, self.number, self.connected, now)
        asyncio.get_running_loop().call_later(delay, self._end, row, code)
        return True

    def _end(self, row: tuple[object, ...], code: int) -> None:
        self._write(b"250 2.0.0 Ok\r\n" if code == 250 else b"451 4.7.1 Try again later\r\n")
        self.sink.ended((*row, time.time(), code), code)


async def main(order: dict[str, Any]) -> None:
    """Take mail until all messages are there."""
    sink, loop = Sink(order), asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, sink.done.set)
    servers = []
    for next_hop, (port, greeting) in order["ports"].items():
        sessions = functools.partial(Session, sink, next_hop, greeting)
        servers.append(await loop.create_server(sessions, "127.0.0.1", port, backlog=1024))
    print("listening", flush=True)
    await sink.done.wait()
    await asyncio.sleep(0.2)  # the last replies reach their clients
    for server in servers:
        server.close()
    with Path(order["out"]).open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(sink.rows)


if __name__ == "__main__":
    asyncio.run(main(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))))
