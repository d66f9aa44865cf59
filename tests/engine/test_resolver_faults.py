"""A receiver that takes the error answers of a blocklist for listings refuses everybody."""

from math import sqrt

import numpy as np
from worlds.small_world import Played, play

from relaysim.trace.tables import first_divergence

LIST = """
[blocklists.css]
profile = "spamhaus-css"
[destinations.sink]
refuses_on = {css = 1.0}
"""
HOUR = 3600


def fault(begin: str = "1 h", length: str = "2 h", share: float = 1.0) -> str:
    return f"""
    [[events]]
    at = "{begin}"
    resolver_fault = {{destination = "sink", share = {share}, for = "{length}"}}
    """


MAIL = {"app.load": [0.5 * HOUR, 1.5 * HOUR, 2.5 * HOUR, 3.5 * HOUR]}


def test_all_mail_bounces_while_the_fault_lasts() -> None:
    """The IP is on no list, and nobody is to blame: no listing, and no cause of the reply."""
    run = play(LIST, fault(), mail=MAIL)
    assert run.statuses("app.load") == ["delivered", "bounced", "bounced", "delivered"]
    assert run.verdicts("app.load")[1] == (
        "554 5.7.1 Service unavailable; Client host [198.51.100.10] blocked using "
        "zen.spamhaus.org; https://www.spamhaus.org/query/ip/198.51.100.10"
    )
    assert not len(run.trace.listings)
    assert set(run.trace.names.causes) == {-1}
    assert not len(run.trace.actions)


def test_a_domain_that_defers_or_scores_does_so() -> None:
    """Deferred mail waits for the end of the fault; scored mail is junked."""
    defers = '[destinations.sink]\nrefusal_action = "defer"\nrefusal_stage = "data"'
    ends = play(LIST, fault(length="1 h"), defers, mail={"app.load": [1.5 * HOUR]}).ends("app.load")
    assert [status for _, status in ends] == ["delivered"]
    assert ends[0][0] >= 2 * HOUR
    scores = '[destinations.sink]\nrefusal_action = "score"\njunk_share = 1.0'
    run = play(LIST, fault(), scores, mail=MAIL)
    assert run.statuses("app.load") == ["delivered", "junked", "junked", "delivered"]


def test_domains_without_a_list_have_no_fault() -> None:
    """And a fault that has no domain changes no row."""
    unused = LIST.replace("css = 1.0", "css = 0.0")
    run = play(unused, fault(), mail=MAIL)
    assert set(run.statuses("app.load")) == {"delivered"}
    calm = play(unused, mail=MAIL)
    assert first_divergence(run.trace, calm.trace) is None


def bounced_domains(run: Played) -> set[int]:
    bounced = np.array(run.statuses("app.load")) == "bounced"
    return set(run.trace.recipients["domain"][: len(bounced)][bounced].tolist())


def test_a_share_of_the_domains_has_it_the_same_ones_each_time() -> None:
    """A tenth of 1,000 domains; a larger share has these domains and more."""
    many = LIST.replace("[destinations.sink]", "[destinations.sink]\ndomain_count = 1000")
    many = many.replace("sink]\n", 'sink]\ndomains = "none"\n', 1)
    mail = {"app.load": [1.5 * HOUR + n / 10 for n in range(4000)]}
    tenth, third = (play(many, fault(share=of), mail=mail) for of in (0.1, 0.3))
    few, more = bounced_domains(tenth), bounced_domains(third)
    assert few < more
    assert abs(len(few) - 100) < 3 * sqrt(1000 * 0.1 * 0.9) + 1000 * 0.02
    twice = play(many, fault(share=0.1), fault("2 h", "2 h", 0.1), mail=mail)
    assert bounced_domains(twice) == few


def test_overlapping_faults_last_until_the_last_one_ends() -> None:
    both = (fault("1 h", "2 h"), fault("2 h", "30 min"))
    run = play(LIST, *both, mail={"app.load": [2.75 * HOUR, 3.25 * HOUR]})
    assert run.statuses("app.load") == ["bounced", "delivered"]
