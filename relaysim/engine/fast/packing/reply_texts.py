"""The texts of replies as numbers."""

from relaysim.engine.fast.flat_arrays import NONE
from relaysim.plan.plan import Plan


class ReplyTexts:
    """The texts of replies by number. Those about a public IP have a number for each, in a row."""

    def __init__(self, plan: Plan) -> None:
        self.ips = [egress.name for egress in plan.egress] + list(plan.direct)
        self.texts: list[str] = []
        self._first: dict[str, int] = {}
        self._known: dict[str, int] = {}

    def number(self, text: str) -> int:
        """Return the number of a text, the first of as many as there are IPs; -1 for none."""
        if not text:
            return NONE
        known = self._known.get(text)
        if known is None:
            known = self._known[text] = len(self.texts)
            for ip in self.ips:
                filled = text.replace("{ip}", ip)
                self._first.setdefault(filled, len(self.texts))
                self.texts.append(filled)
        return known

    def same(self) -> list[int]:
        """Return for each number the first one with the same text: a reply is known by its text."""
        return [self._first[text] for text in self.texts]
