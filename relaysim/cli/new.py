"""`relaysim new`: a first scenario, and a second design to compare it with."""

import json
from bisect import bisect_left
from importlib import resources
from pathlib import Path
from string import Template
from typing import Annotated

import typer

from relaysim.cli.command_errors import UserError
from relaysim.cli.number_options import number
from relaysim.cli.options import Profiles, read
from relaysim.cli.output import command_line
from relaysim.mail.spelling import look_up
from relaysim.scenario.name_checks import unfit
from relaysim.scenario.problem import printable
from relaysim.wording import counted, filled

_VERSIONS = tuple(
    f"exchange-{version}" for version in ("2007", "2010", "2013", "2016", "2019", "se")
)
_NEWEST = _VERSIONS[-1]
_MAILBOXES, _NEWSLETTER = 200, 30_000
_SENT, _FROM_OUTSIDE = 20, 55
"""Messages a mailbox and working day in Microsoft's profile of 100 messages: 20 sent, 80 received
(Exchange 2010, mailbox server sizing). About 25 of the 80 are the colleagues' in the template."""


def new(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="The file to write; .toml may be left out.")
    ],
    extends: Annotated[
        Path | None,
        typer.Option(
            metavar="BASE",
            help="Write a second design instead, as its difference from this scenario: a relay "
            "hub and a public IP for the bulk mail alone.",
        ),
    ] = None,
    mailboxes: Annotated[
        int | None,
        typer.Option(
            parser=number(int, "--mailboxes", 1, 1_000_000),
            metavar="N",
            help=f"Mailboxes ({_MAILBOXES}).",
        ),
    ] = None,
    newsletter: Annotated[
        int | None,
        typer.Option(
            parser=number(int, "--newsletter", 1, 10_000_000),
            metavar="N",
            help=f"Readers of the newsletter ({_NEWSLETTER:,}).",
        ),
    ] = None,
    mta: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help=f"The version of Exchange: {', '.join(_VERSIONS)} ({_NEWEST}).",
        ),
    ] = None,
    profiles: Profiles = None,
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="The directory to write it into.")
    ] = Path(),
) -> None:
    """Write a scenario to begin with: a company of your size, with comments.

    What to replace with numbers of your own is marked "yours". A file that is there is never
    overwritten.
    """
    path = _place(out, name)
    if extends is None:
        _first(path, mailboxes or _MAILBOXES, newsletter or _NEWSLETTER, _version(mta))
    elif mailboxes or newsletter or mta:
        raise UserError(
            f"--mailboxes, --newsletter and --mta are those of {extends}: change them there"
        )
    else:
        _second(path, extends, profiles)


def company(name: str, mailboxes: int, newsletter: int, mta: str = _NEWEST) -> str:
    """Return the text of a scenario of a company of this size.

    `newsletter` is the number of readers of its newsletter, and `mta` the profile of its hub.
    """
    from relaysim.profiles.collection import BUILT_IN
    from relaysim.profiles.kind import Kind
    from relaysim.profiles.properties import MtaProperties

    properties = BUILT_IN.profile(Kind.MTA, mta).properties
    assert isinstance(properties, MtaProperties)
    return Template(_template("company")).substitute(
        name=json.dumps(name, ensure_ascii=False),
        mta=mta,
        room=" " * (27 - len(mta)),
        connectors=_template("front-end" if properties.front_end else "connectors"),
        mailboxes=counted(mailboxes, "mailbox", "mailboxes"),
        sent=_SENT,
        received=_FROM_OUTSIDE,
        outbound=mailboxes * _SENT,
        inbound=mailboxes * _FROM_OUTSIDE,
        newsletter=newsletter,
    )


def _template(name: str) -> str:
    file = resources.files("relaysim.cli") / "templates" / f"{name}.toml"
    return file.read_text(encoding="utf-8")


def _version(mta: str | None) -> str:
    """Return the MTA profile of a new company. Raises UserError for one that is no Exchange."""
    try:
        return look_up({name: name for name in _VERSIONS}, mta or _NEWEST, "a version of Exchange")
    except ValueError as error:
        raise UserError(f"--mta: {error}") from None


def _first(path: Path, mailboxes: int, newsletter: int, mta: str) -> None:
    _require_possible(mailboxes, newsletter)
    _write(path, company(path.stem, mailboxes, newsletter, mta))
    _print_next_steps(
        f"{path} is a company with one hub and one public IP, "
        f"{counted(mailboxes, 'mailbox', 'mailboxes')} and a newsletter of "
        f"{counted(newsletter, 'message')}.",
        "check it, simulate a day of its mail, and write a second "
        "design, with a relay hub for the newsletter",
        ["check", path],
        ["run", path],
        ["new", path.with_name(f"{path.stem}-dedicated"), "--extends", path],
    )


def _require_possible(mailboxes: int, newsletter: int) -> None:
    """Raise UserError for a company whose mail is too much, with the largest that is not."""
    from relaysim.analysis.run_size import excess
    from relaysim.scenario.load import loads

    def why(size: int) -> str | None:
        return excess(loads(company("company", size, newsletter)))

    reason = why(mailboxes)
    if reason is not None:
        most = bisect_left(range(1, mailboxes), True, key=lambda size: why(size) is not None)
        raise UserError(
            f"--mailboxes {mailboxes}: {reason}; with a newsletter of "
            f"{counted(newsletter, 'message')} the largest company has "
            f"{counted(most, 'mailbox', 'mailboxes')}"
        )


def _second(path: Path, base: Path, profiles: Path | None) -> None:
    from relaysim.analysis.dedicated_design import DedicatedError, dedicated
    from relaysim.cli import new_design as second

    design = read(base, None, profiles, to_run=False)
    if path.stem == design.name:
        raise UserError(f"{base} has the name {design.name} already: a second design takes another")
    try:
        design_with_hub = dedicated(design)
    except DedicatedError as error:
        raise UserError(f"{base}: {error}") from error
    folder = second.way(base, path.parent)
    _write(path, second.text(design_with_hub, path.stem, design.name, folder))
    hosts = " and ".join(design_with_hub.hosts)
    _print_next_steps(
        f"{path} is {design.name} with a relay hub and a public IP for {hosts} alone.",
        "check it, and compare it with the first",
        ["check", path],
        ["compare", base, path],
    )


def _place(directory: Path, name: str) -> Path:
    """Return the file of that name, which ends in .toml."""
    path = directory / name
    if Path(name).name in ("", ".."):
        raise UserError(f'"{name}" names no file')
    what = unfit(path.stem)
    if what is not None:
        raise UserError(f'"{name}": the name has {what}: leave it out')
    return path if path.suffix.casefold() == ".toml" else path.with_name(f"{path.name}.toml")


def _write(path: Path, text: str) -> None:
    """Write a new file, whole or not at all.

    Raises UserError if one is there, or cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        why = "something else is there" if isinstance(error, FileExistsError) else error.strerror
        raise UserError(f"{path.parent} cannot be a directory: {why}") from error
    try:
        file = path.open("x", encoding="utf-8")
    except FileExistsError:
        raise UserError(
            f"{path} is there already, and is not overwritten: choose another name, or remove it"
        ) from None
    except OSError as error:
        raise UserError(f"{path} cannot be written: {error.strerror}") from error
    try:
        with file:
            file.write(text)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise UserError(f"{path} cannot be written: {error.strerror}") from error


def _print_next_steps(written: str, purpose: str, *commands: list[str | Path]) -> None:
    """Print what was written and what to type next."""
    paragraphs = (
        f'{written} Replace the numbers in lines marked "yours".',
        f"Next, {purpose}:",
    )
    for paragraph in paragraphs:
        typer.echo(filled(printable(paragraph)))
    for command in commands:
        typer.echo(f"  {printable(command_line('relaysim', *command))}")
