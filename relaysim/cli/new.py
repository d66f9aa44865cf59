"""`relaysim new`: a first scenario, and a second design to compare it with."""

from bisect import bisect_left
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from relaysim.cli.application_table import Application, read_applications
from relaysim.cli.command_errors import UserError, as_user_error
from relaysim.cli.new_company import Company, company_text
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
_MAILBOXES, _NEWSLETTER, _HUBS = 200, 30_000, 9


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
    hubs: Annotated[
        int | None,
        typer.Option(
            parser=number(int, "--hubs", 1, _HUBS),
            metavar="N",
            help="Servers behind one name (1).",
        ),
    ] = None,
    apps: Annotated[
        Path | None,
        typer.Option(
            metavar="TABLE",
            help="Your applications: a CSV file with the columns name, address, messages_per_day, "
            'to ("internal", "external" or the percentage outside, such as "30 %"), and if you '
            "like deadline and kind.",
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
        company = Company(
            mailboxes or _MAILBOXES,
            newsletter or _NEWSLETTER,
            _version(mta),
            hubs or 1,
            _applications(apps),
        )
        _first(path, company)
    elif any(option is not None for option in (mailboxes, newsletter, mta, hubs, apps)):
        raise UserError(
            "--mailboxes, --newsletter, --mta, --hubs and --apps are those of "
            f"{extends}: change them there"
        )
    else:
        _second(path, extends, profiles)


def _applications(table: Path | None) -> tuple[Application, ...]:
    if table is None:
        return ()
    with as_user_error(ValueError):
        return read_applications(table)


def _version(mta: str | None) -> str:
    """Return the MTA profile of a new company. Raises UserError for one that is no Exchange."""
    try:
        return look_up({name: name for name in _VERSIONS}, mta or _NEWEST, "a version of Exchange")
    except ValueError as error:
        raise UserError(f"--mta: {error}") from None


def _first(path: Path, company: Company) -> None:
    _require_possible(company)
    _write(path, company_text(path.stem, company))
    written = (
        f"{path} is a company with {company.servers} and one public IP, "
        f"{counted(company.mailboxes, 'mailbox', 'mailboxes')} and a newsletter of "
        f"{counted(company.newsletter, 'message')}."
    )
    if company.applications:
        written += f" It has the {counted(len(company.applications), 'application')} of the table."
    _print_next_steps(
        written,
        "check it, simulate a day of its mail, and write a second "
        "design, with a relay hub for the newsletter",
        ["check", path],
        ["run", path],
        ["new", path.with_name(f"{path.stem}-dedicated"), "--extends", path],
    )


def _require_possible(company: Company) -> None:
    """Raise UserError for a company whose mail is too much, with the largest that is not."""
    from relaysim.analysis.run_size import excess
    from relaysim.scenario.load import loads

    def why(size: int) -> str | None:
        return excess(loads(company_text("company", replace(company, mailboxes=size))))

    reason = why(company.mailboxes)
    if reason is not None:
        sizes = range(1, company.mailboxes)
        most = bisect_left(sizes, True, key=lambda size: why(size) is not None)
        raise UserError(
            f"--mailboxes {company.mailboxes}: {reason}; with a newsletter of "
            f"{counted(company.newsletter, 'message')} the largest company has "
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
