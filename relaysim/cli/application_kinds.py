"""What applications send, by kind, as the company that `relaysim new` writes."""

from typing import NamedTuple


class Sent(NamedTuple):
    """The mail of a kind of application, in the words of a scenario file.

    `arrivals` has a place `{rate}` for the messages a day.
    """

    stream: str
    mail_class: str
    arrivals: str
    size: str
    weight: int


_OFFICE = '{{ process = "poisson", rate = "{rate}/d", profile = "office-hours" }}'
_STEADY = '{{ process = "poisson", rate = "{rate}/d" }}'
_BURSTS = '{{ process = "bursts", rate = "{rate}/d", burst_factor = 50, burst_length = "2 min" }}'


def _about(median: str, sigma: float) -> str:
    return f'{{ distribution = "lognormal", median = "{median}", sigma = {sigma} }}'


KINDS = {
    "application": Sent("mail", "transactional", _OFFICE, _about("60 KB", 0.6), 10),
    "sharepoint": Sent("alerts", "system", _OFFICE, _about("20 KB", 0.5), 2),
    "antivirus": Sent("alerts", "system", _BURSTS, '"4 KB"', 6),
    "monitoring": Sent("alarms", "system", _BURSTS, '"6 KB"', 8),
    "printer": Sent("scans", "system", _OFFICE, _about("600 KB", 1.0), 2),
    "backup": Sent("reports", "system", _STEADY, '"200 KB"', 2),
}
"""By kind of host. Sizes, weights and the shape of arrivals are assumptions."""
