"""The subjects that are shown: each class of mail, by side where it has two."""

from collections.abc import Iterable

DSN = "dsn"


def classes(names: Iterable[object]) -> list[str]:
    """Return the subjects of the scope `class` that are shown, in the order of `names`.

    Classes with mail to internal mailboxes and to external ones are shown as `CLASS.internal` and
    `CLASS.external`, any other class as a whole. DSNs and conditional subjects (`CLASS | listed`)
    are not shown.
    """
    known = [name for name in dict.fromkeys(map(str, names)) if " | " not in name]
    shown = []
    for name in known:
        whole, _, side = name.rpartition(".")
        if side in ("internal", "external") and whole in known:
            if _sides(whole) <= set(known):
                shown.append(name)
        elif name != DSN and not _sides(name) <= set(known):
            shown.append(name)
    return sorted(shown)


def _sides(name: str) -> set[str]:
    return {f"{name}.internal", f"{name}.external"}
