"""Which domains act on which blocklist: a property of the domain, drawn once a replication."""

import numpy as np
import numpy.typing as npt
from traffic_examples import Raw, drawn, tables


class TestPolicies:
    def uses(self, refuses_on: Raw, blocklists: Raw) -> npt.NDArray[np.bool_]:
        destination = {"profile": "none", "domain_count": 2000, "refuses_on": refuses_on}
        raw = tables(destinations={"sink": destination}, blocklists=blocklists)
        return drawn(raw).uses[1:]

    def test_a_share_of_the_domains_uses_a_list_and_lists_are_independent(self) -> None:
        lists = {"css": {"profile": "spamhaus-css"}, "cop": {"profile": "spamcop"}}

        uses = self.uses({"css": 0.6, "cop": 0.3}, lists)

        cop, css = uses.T
        assert abs(css.sum() - 1200) < 3.3 * np.sqrt(2000 * 0.6 * 0.4)
        assert abs(cop.sum() - 600) < 3.3 * np.sqrt(2000 * 0.3 * 0.7)
        assert abs((css & cop).sum() - 360) < 3.3 * np.sqrt(2000 * 0.18 * 0.82)

    def test_who_asks_zen_uses_all_of_spamhaus_lists_in_it(self) -> None:
        lists = {"css": {"profile": "spamhaus-css"}, "xbl": {"profile": "spamhaus-xbl"}}

        uses = self.uses({"css": 0.6, "xbl": 0.6}, lists)

        css, xbl = uses.T
        assert css.tolist() == xbl.tolist()
        assert css.any()

    def test_never_and_always(self) -> None:
        lists = {"css": {"profile": "spamhaus-css"}, "cop": {"profile": "spamcop"}}

        uses = self.uses({"css": 1.0, "cop": 0.0}, lists)

        assert uses.all(axis=0).tolist() == [False, True]
        assert uses.any(axis=0).tolist() == [False, True]

    def test_a_list_is_known_by_its_name_and_else_by_its_profile(self) -> None:
        lists = {name: {"profile": "spamhaus-css"} for name in ("a", "b", "css")}

        uses = self.uses({"spamhaus-css": 0.5, "css": 1.0}, lists)

        a, b, css = uses.T
        assert a.tolist() == b.tolist()
        assert 900 < a.sum() < 1100
        assert css.all()

    def test_more_domains_that_use_a_list_are_the_same_and_others(self) -> None:
        lists = {"css": {"profile": "spamhaus-css"}}

        fewer, more = (self.uses({"css": share}, lists) for share in (0.3, 0.5))

        assert np.all(more >= fewer)
        assert more.sum() > fewer.sum()

    def test_mailboxes_and_unlisted_destinations_use_none(self) -> None:
        lists = {"css": {"profile": "spamhaus-css"}}
        raw = tables(blocklists=lists)
        raw["destinations"]["sink"]["refuses_on"] = {}

        assert not drawn(raw).uses.any()
