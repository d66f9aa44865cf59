"""Which domains act on which blocklist: a property of the domain, drawn once a replication."""

import numpy as np
import numpy.typing as npt
from worlds.traffic_examples import Raw, drawn, likely, tables


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


class TestActions:
    def receivers(self, **policy: object) -> Raw:
        return tables(destinations={"sink": {"profile": "none", "domain_count": 2000, **policy}})

    def test_each_domain_acts_in_its_own_way(self) -> None:
        draws = drawn(
            self.receivers(
                refusal_stage={"rcpt": 0.6, "greeting": 0.1, "mail": 0.3},
                refusal_action={"score": 0.2, "reject": 0.5, "defer": 0.3},
                mirrors=0.25,
            )
        )

        greeting, mail, rcpt, data = np.bincount(draws.stage[1:], minlength=4)
        assert likely(greeting, 2000, 0.1)
        assert likely(mail, 2000, 0.3)
        assert likely(rcpt, 2000, 0.6)
        assert data == 0
        reject, defer, score = np.bincount(draws.action[1:], minlength=3)
        assert likely(reject, 2000, 0.5)
        assert likely(defer, 2000, 0.3)
        assert likely(score, 2000, 0.2)
        assert likely(draws.mirrors.sum(), 2000, 0.25)

    def test_stage_action_and_mirror_are_independent(self) -> None:
        draws = drawn(
            self.receivers(
                refusal_stage={"data": 0.5, "greeting": 0.5},
                refusal_action={"reject": 0.5, "defer": 0.5},
                mirrors=0.5,
            )
        )

        kinds = 4 * (draws.stage[1:] == 3) + 2 * draws.action[1:] + draws.mirrors[1:]
        assert all(likely(count, 2000, 1 / 8) for count in np.bincount(kinds, minlength=8))

    def test_a_word_alone_holds_for_all_domains(self) -> None:
        draws = drawn(self.receivers(refusal_stage="data", refusal_action="defer"))

        assert draws.stage.tolist() == [0] + [3] * 2000
        assert draws.action.tolist() == [0] + [1] * 2000
        assert not draws.mirrors.any()

    def test_policies_are_the_domains_whatever_else_there_is(self) -> None:
        mixed = {"refusal_stage": {"mail": 0.5, "rcpt": 0.5}, "mirrors": 0.5}
        one = self.receivers(**mixed)
        more = self.receivers(**mixed)
        more["destinations"]["a"] = {"profile": "outlook", "domain_count": 3}
        more["blocklists"] = {"css": {"profile": "spamhaus-css"}}

        before, after = drawn(one), drawn(more)

        # "a" comes first, and all of its domains refuse at MAIL.
        assert after.stage.tolist() == [0, 1, 1, 1, *before.stage[1:].tolist()]
        assert after.mirrors[4:].tolist() == before.mirrors[1:].tolist()

    def test_more_domains_of_a_kind_are_the_same_and_others(self) -> None:
        fewer, more = (
            drawn(self.receivers(refusal_stage={"greeting": each, "rcpt": 1 - each})).stage[1:] == 0
            for each in (0.2, 0.4)
        )

        assert np.all(more >= fewer)
        assert likely(int(fewer.sum()), 2000, 0.2)
        assert likely(int(more.sum()), 2000, 0.4)
