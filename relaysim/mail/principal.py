"""Security principals: the user of an added right, by name in several languages or by SID."""

import re
from difflib import SequenceMatcher
from unicodedata import combining, normalize

from relaysim.mail.rights import (
    ANONYMOUS,
    AUTHENTICATED_USERS,
    EDGE_TRANSPORT_SERVERS,
    EXTERNALLY_SECURED_SERVERS,
    HUB_TRANSPORT_SERVERS,
    PARTNER_SERVERS,
)
from relaysim.mail.spelling import text_of

_WELL_KNOWN = (
    ANONYMOUS,
    AUTHENTICATED_USERS,
    HUB_TRANSPORT_SERVERS,
    EDGE_TRANSPORT_SERVERS,
    EXTERNALLY_SECURED_SERVERS,
    PARTNER_SERVERS,
)

# The first two stand in Microsoft's list of well-known SIDs; those of Exchange in the class
# WellKnownSids of Exchange and, for 21 and 22, in Microsoft's page on receive connectors.
_EXCHANGE_SID = "s-1-9-1419165041-1139599005-3936102811-1022490595-"
_SIDS = {
    "s-1-5-7": ANONYMOUS,
    "s-1-5-11": AUTHENTICATED_USERS,
    f"{_EXCHANGE_SID}10": PARTNER_SERVERS,
    f"{_EXCHANGE_SID}21": HUB_TRANSPORT_SERVERS,
    f"{_EXCHANGE_SID}22": EDGE_TRANSPORT_SERVERS,
    f"{_EXCHANGE_SID}23": EXTERNALLY_SECURED_SERVERS,
}
_SID = re.compile(r"s-1-[0-9]+(-[0-9]+)*", re.IGNORECASE)

_AUTHORITIES = {
    "nt authority",  # English; also Italian, Spanish, Portuguese, Dutch, Danish, Hungarian, Turkish
    "nt-autorität",  # German
    "autorite nt",  # French
    "autoridade nt",  # Portuguese of Brazil
    "nt instans",  # Swedish
    "nt-myndighet",  # Norwegian
    "nt-hallinta",  # Finnish
    "zarządzanie nt",  # Polish
}
"""What Windows calls NT AUTHORITY, in lower case.

Source: Microsoft's table of localized service names in SQL Server's setup, and scripts of
administrators. That the languages of the first line keep the English name is documented for Italian
and Spanish, and an assumption for the others.
"""
_LOGONS = {
    "anonymous logon": ANONYMOUS,
    "anonymous-anmeldung": ANONYMOUS,  # German: how-tos for Exchange
    "accesso anonimo": ANONYMOUS,  # Italian: Microsoft's page on Exchange permissions
    "logon anônimo": ANONYMOUS,  # Portuguese of Brazil: Microsoft's translated pages
    "authenticated users": AUTHENTICATED_USERS,
    "authentifizierte benutzer": AUTHENTICATED_USERS,
    "utilisateurs authentifiés": AUTHENTICATED_USERS,
}
"""Principals of NT AUTHORITY by their names in several languages, in lower case."""

_NEAR = 0.8
"""Similarity of two names from which one is taken for a slip of the other (assumption)."""
_ALIKE = 0.5
"""The same for a name that is wrong in any case, and only needs a hint."""


def parse_user(text: object) -> str:
    r"""Return the user or group that rights are added to: `DOMAIN\name` or `name@domain`.

    A well-known principal gets its English name, whatever its case, its language, or if its SID is
    given. A name that is only close to a well-known one, a name of `NT AUTHORITY` or `MS Exchange`
    that no session can have, and any other SID are refused, because the right would have no effect.

    Parameters
    ----------
    text
        What a scenario file says.

    Returns
    -------
    str
        The name that sessions are compared with.

    Raises
    ------
    ValueError
        If it is no user. The message names the nearest well-known principal.
    """
    user = normalize("NFC", text_of(text))
    lower = user.casefold()
    known = _SIDS.get(lower) or _by_name(lower)
    if known is not None:
        return known
    if _SID.fullmatch(user):
        raise ValueError(
            f'"{user}" is not a SID that relaysim knows: write the user as DOMAIN\\name, as '
            f"account has it; known SIDs are S-1-5-7 ({ANONYMOUS}) and S-1-5-11 "
            f"({AUTHENTICATED_USERS})"
        )
    authority, separator, _ = lower.partition("\\")
    # A blank stands in the names of Windows' own authorities, not in that of a domain.
    reserved = bool(separator) and (authority in _AUTHORITIES or " " in authority)
    near = _nearest(lower, _ALIKE if reserved else _NEAR)
    if near or reserved or not (separator or "@" in user):
        hint = f'; did you mean "{near}"?' if near else ""
        raise ValueError(
            f'"{user}" is not a user (DOMAIN\\name or name@domain): known are '
            f"{', '.join(_WELL_KNOWN)}, and in any language S-1-5-7 for the anonymous logon{hint}"
        )
    return user


def is_account(user: str, account: str) -> bool:
    r"""Return whether a right's user is the account that a host logs in with.

    Parameters
    ----------
    user
        The user of a right: a principal, `DOMAIN\name` or `name@domain`.
    account
        The account of a host, which may be written without a domain.

    Returns
    -------
    bool
        Whether they are the same, in any case. An account without a domain is the user of that
        name in any domain (assumption: a scenario has one directory).
    """
    one, other = user.casefold(), account.casefold()
    if one == other:
        return True
    bare = "\\" not in other and "@" not in other
    return bare and not is_well_known(user) and one.rpartition("\\")[2].partition("@")[0] == other


def is_well_known(user: str) -> bool:
    """Return whether a user, as `parse_user` gives it, is a principal of Windows or Exchange."""
    return user in _WELL_KNOWN


def _by_name(lower: str) -> str | None:
    """Return the well-known principal of a name in lower case, in any known language."""
    for known in _WELL_KNOWN:
        if known.casefold() == lower:
            return known
    authority, _, name = lower.partition("\\")
    return _LOGONS.get(name) if authority in _AUTHORITIES else None


def _nearest(lower: str, least: float) -> str | None:
    """Return the well-known principal with the most similar name; None below a similarity."""
    _, separator, name = lower.partition("\\")
    name = _plain(name if separator else lower)
    names = {_plain(known.partition("\\")[2].casefold()): known for known in _WELL_KNOWN}
    names |= {_plain(logon): known for logon, known in _LOGONS.items()}
    score, known = max(
        (SequenceMatcher(None, name, spelling).ratio(), names[spelling]) for spelling in names
    )
    return known if score >= least else None


def _plain(text: str) -> str:
    """Return the letters and digits of a text without accents."""
    return "".join(
        character
        for character in normalize("NFKD", text)
        if character.isalnum() and not combining(character)
    )
