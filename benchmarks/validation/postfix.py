"""A private Postfix: own configuration, queue and log, loopback only."""

import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from validation.cases import Hub
from validation.maillog import problems
from validation.processes import ends_group_with_parent

OLDEST = (3, 4)
"""The first Postfix with `maillog_file`."""

INSTALL = """\
make validate runs a private Postfix and so needs Linux, root, and Postfix 3.4 or newer. On Debian:

    echo 'postfix postfix/main_mailer_type select No configuration' | debconf-set-selections
    apt-get install --no-install-recommends postfix

The package need not run: validation starts and ends a Postfix of its own, on loopback alone."""

_MASTER = """\
{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - {processes} smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


class MissingError(Exception):
    """Postfix or root is not here; the text says which."""


class StartError(Exception):
    """A Postfix does not start; the text has its log."""


def version() -> str:
    """Return the version of the installed Postfix.

    Raises
    ------
    MissingError
        If a Postfix of one's own cannot be started here.
    """
    if not hasattr(os, "geteuid") or not Path("/proc/stat").exists():
        raise MissingError("this is not Linux")
    if not _program("postconf") or not _program("postfix"):
        raise MissingError("Postfix is not installed")
    number = _default("mail_version")
    if tuple(int(part) for part in re.findall(r"\d+", number)[:2]) < OLDEST:
        raise MissingError(f"Postfix {number or '?'} is too old")
    try:
        pwd.getpwnam("postfix")
    except KeyError:
        raise MissingError("the user postfix is missing") from None
    if os.geteuid() != 0:
        raise MissingError("you are not root, and Postfix starts as root")
    return number


def _program(name: str) -> str:
    """Return the path of a program of Postfix, which may be outside the user's; "" if missing."""
    path = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"
    return shutil.which(name, path=path) or ""


def _default(parameter: str) -> str:
    """Return the default value of a parameter; the configuration of the machine is not read."""
    command = [_program("postconf"), "-dh", parameter]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def free_port() -> int:
    """Return a port of loopback that nothing uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Postfix:
    """A Postfix in a folder of its own, for use in a `with` statement.

    Parameters
    ----------
    folder : Path
        A new folder for all of its files.
    name : str
        Its name.
    hub : Hub
        Its settings.
    routes : mapping of str to int
        For each domain the port of loopback that gets its mail.

    Attributes
    ----------
    port : int
        Where it takes mail.
    log : Path
        Its maillog.
    """

    def __init__(self, folder: Path, name: str, hub: Hub, routes: Mapping[str, int]) -> None:
        self.folder, self.name, self.port = folder, name, free_port()
        self.log = folder / "mail.log"
        self.daemons = _default("daemon_directory")
        self.process: subprocess.Popen[bytes] | None = None
        self.guard: subprocess.Popen[bytes] | None = None
        for part in ("etc", "queue", "data"):
            (folder / part).mkdir(parents=True)
        shutil.chown(folder / "data", "postfix")
        transport = folder / "etc" / "transport"
        transport.write_text(
            "".join(f"{domain} smtp:[127.0.0.1]:{port}\n" for domain, port in routes.items()),
            encoding="ascii",
        )
        settings = self._settings(hub, transport)
        (folder / "etc" / "main.cf").write_text(
            "".join(f"{key} = {value}\n" for key, value in settings.items()), encoding="ascii"
        )
        (folder / "etc" / "master.cf").write_text(
            _MASTER.format(port=f"127.0.0.1:{self.port}", processes=hub.processes), encoding="ascii"
        )

    def _settings(self, hub: Hub, transport: Path) -> dict[str, object]:
        settings: dict[str, object] = {
            "compatibility_level": "3.6",
            "queue_directory": self.folder / "queue",
            "data_directory": self.folder / "data",
            "daemon_directory": self.daemons,
            "maillog_file": self.log,
            "maillog_file_prefixes": self.folder,
            "delay_logging_resolution_limit": 6,
            "enable_long_queue_ids": "yes",
            "myhostname": f"{self.name.lower()}.test",
            "inet_interfaces": "127.0.0.1",
            "inet_protocols": "ipv4",
            "mynetworks": "127.0.0.0/8",
            "smtpd_relay_restrictions": "permit_mynetworks, reject",
            "smtpd_peername_lookup": "no",
            "smtp_dns_support_level": "disabled",
            "smtp_tls_security_level": "none",
            "smtpd_tls_security_level": "none",
            "mydestination": "",
            "local_recipient_maps": "",
            "alias_maps": "",
            "transport_maps": f"texthash:{transport}",
            "initial_destination_concurrency": hub.initial,
            "default_destination_concurrency_limit": hub.limit,
        }
        if hub.backoff:
            settings["minimal_backoff_time"] = f"{hub.backoff}s"
            settings["maximal_backoff_time"] = f"{hub.backoff}s"
        if hub.scan:
            settings["queue_run_delay"] = f"{hub.scan}s"
        return settings

    def __enter__(self) -> "Postfix":
        """Start it, and wait until it greets.

        Raises
        ------
        StartError
            If it does not within 20 s.
        """
        settings = str(self.folder / "etc")
        with (self.folder / "output").open("wb") as output:
            # It makes the folders of the queue.
            subprocess.run(
                [_program("postfix"), "-c", settings, "check"], stdout=output, stderr=output
            )
            self.process = subprocess.Popen(
                [f"{self.daemons}/master", "-c", settings, "-s"],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self.guard = ends_group_with_parent(self.group)
        try:
            self._wait_for_greeting()
        except BaseException:
            self.stop()
            raise
        return self

    def _wait_for_greeting(self) -> None:
        for _ in range(200):
            try:
                with socket.create_connection(("127.0.0.1", self.port), 1) as client:
                    if client.recv(100).startswith(b"220"):
                        client.sendall(b"QUIT\r\n")
                        return
            except OSError:
                pass
            time.sleep(0.1)
        raise self._failure()

    def _failure(self) -> StartError:
        return StartError(
            f"Postfix does not start: {self._text('output')}\n{self._text('mail.log')}"
        )

    def _text(self, name: str) -> str:
        file = self.folder / name
        return file.read_text(encoding="utf-8", errors="replace") if file.exists() else ""

    @property
    def group(self) -> int:
        """The process group of its daemons."""
        assert self.process is not None
        return self.process.pid

    def manager(self) -> int:
        """Return the process of the queue manager, as soon as it runs.

        Raises
        ------
        StartError
            If it does not run within 20 s.
        """
        for _ in range(200):
            for folder in Path("/proc").iterdir():
                with suppress(OSError, ValueError):
                    of_group = os.getpgid(int(folder.name)) == self.group
                    if of_group and (folder / "comm").read_bytes() == b"qmgr\n":
                        return int(folder.name)
            time.sleep(0.1)
        raise self._failure()

    def lines(self) -> list[str]:
        """Return the lines of its maillog."""
        return self._text("mail.log").splitlines()

    def problems(self) -> list[str]:
        """Return the warnings and errors of its maillog that nothing in a case explains."""
        return problems(self.lines())

    def stop(self) -> None:
        """End all of its processes."""
        if self.process is None:
            return
        try:
            if self.guard is not None:
                self.guard.communicate()  # it ends the group
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(5)
        finally:
            if self.process.poll() is None:
                os.killpg(self.group, signal.SIGKILL)
                self.process.wait()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.stop()
