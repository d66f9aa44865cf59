"""The events of a message with very many recipients: equal events are shown a few times."""

from collections.abc import Sequence

from relaysim.mail.dialogue import Speaker, Verb
from relaysim.measure.journey import Event
from relaysim.study.message_trace import numbers

MANY = 10
"""Above this number, recipients with the same events at other times are shown as one."""
_SHOWN = 3
"""Recipients of such a group that are shown, those first that share events with most others."""


def folded(events: Sequence[Event], recipients: int) -> list[Event]:
    """Return the events without those of recipients with equal events; one line stands for these.

    The line, an event `alike`, is at the time of the last of their events.
    """
    left = _spoken(events)
    stories: dict[tuple[tuple[str, ...], ...], dict[tuple[int, ...], list[int]]] = {}
    for recipient in range(recipients):
        places = [i for i, event in enumerate(left) if recipient in event.recipients]
        story = tuple((left[i].what, left[i].reply, left[i].text) for i in places)
        stories.setdefault(story, {}).setdefault(tuple(places), []).append(recipient)
    for courses in stories.values():
        if len(courses) > MANY:
            left = _without(left, sorted(courses.values(), key=len, reverse=True))
    return left


def _without(events: list[Event], courses: list[list[int]]) -> list[Event]:
    """Return the events without those that are only about recipients beyond the first few."""
    left_out = {recipient for course in courses[_SHOWN:] for recipient in course}
    about = [bool(event.recipients) and left_out.issuperset(event.recipients) for event in events]
    if not any(about):
        return events
    last = max(i for i, omitted in enumerate(about) if omitted)
    like = numbers(courses[_SHOWN - 1][:1])
    text = f"the same as recipient {like}, each at times of its own"
    line = Event(events[last].time, "alike", tuple(sorted(left_out)), text=text)
    return [
        line if i == last else event for i, event in enumerate(events) if i == last or not about[i]
    ]


def _spoken(events: Sequence[Event]) -> list[Event]:
    """Return the events without the dialogue about recipients with the same reply as before."""
    by_answer: dict[str, list[tuple[int, int]]] = {}
    for rcpt, event in enumerate(events):
        answered = _answer(events, rcpt) if _is_rcpt(event) else None
        if answered is not None:
            place, answer = answered
            by_answer.setdefault(answer, []).append((rcpt, place))
    left = dict(enumerate(events))
    for answer, same in by_answer.items():
        if len(same) > MANY:
            rest = same[_SHOWN:]
            for rcpt, place in rest:
                del left[rcpt], left[place]
            last = rest[-1][1]
            text = f"{Speaker.LOG}: {len(rest)} more recipients, each with the answer {answer}"
            left[last] = events[last]._replace(text=text)
    return [left[i] for i in sorted(left)]


def _is_rcpt(event: Event) -> bool:
    """Return whether an event is RCPT TO."""
    step = event.step
    return step is not None and step.speaker is Speaker.CLIENT and step.verb is Verb.RCPT


def _answer(events: Sequence[Event], rcpt: int) -> tuple[int, str] | None:
    """Return the place and the text of the reply if it is the next line of the dialogue."""
    for place in range(rcpt + 1, len(events)):
        step = events[place].step
        if step is not None:
            return (place, step.text) if step.speaker is Speaker.SERVER else None
    return None
