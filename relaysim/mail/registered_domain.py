"""The registered domain of a domain: what its owner registered, whatever the subdomain."""

_SECOND_LEVEL = frozenset(
    (
        *("ac", "bel", "co", "com", "edu", "gen", "go", "gob", "gouv", "gov", "k12", "ltd", "mil"),
        *("ne", "net", "nom", "or", "org", "plc", "pol", "sch", "web"),
    )
)
"""Labels below a country under which domains are registered, such as com in com.tr."""


def registered_domain(domain: str) -> str:
    """Return the registered domain, such as example.com.tr of news.example.com.tr.

    Parameters
    ----------
    domain : str
        A domain in lower case; "" stays "".

    Returns
    -------
    str
        The organizational domain of DMARC (RFC 7489, section 3.2), and what Google calls the
        primary domain.

    Notes
    -----
    Mail servers look it up in the Public Suffix List. Here it is the last two labels, and the last
    three below a country whose second level has a usual label, such as com.tr or co.uk
    (assumption).
    """
    labels = domain.split(".")
    country = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL
    return ".".join(labels[-3 if country else -2 :])
