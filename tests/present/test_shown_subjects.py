"""Which subjects and metrics a reader is shown."""

from worlds.small_comparison import design

from relaysim.present.text.headline_metrics import campaign_classes, deadlines, headlines
from relaysim.present.text.shown_subjects import classes

ALL = [
    "bulk",
    "corporate",
    "dsn",
    "system",
    "bulk.external",
    "corporate.external",
    "corporate.internal",
    "system.internal",
]
SHOWN = ["bulk", "corporate.external", "corporate.internal", "system"]


def test_a_class_with_two_sides_is_shown_by_side_and_dsns_are_not_shown():
    assert classes(ALL) == SHOWN
    assert classes([*ALL, *(f"{name} | listed" for name in ALL)]) == SHOWN


def test_a_dot_in_the_name_of_a_class_is_no_side():
    assert classes(["mail.internal", "mail.internal.external"]) == ["mail.internal"]


def test_a_campaign_is_judged_by_its_end_and_other_mail_by_the_busy_hours():
    result = {each.metric: each.subjects for each in headlines(design("shared-hub"), ALL)}
    assert result["on_time"] == tuple(SHOWN)
    assert result["latency_p95_busy_hours"] == (
        "corporate.external",
        "corporate.internal",
        "system",
    )
    assert result["completion"] == ("bulk",)
    assert result["bounced"] == ("total",)


def test_without_a_campaign_nothing_is_said_of_campaigns():
    metrics = [each.metric for each in headlines(design("mm4"), ["corporate"])]
    assert "completion" not in metrics
    assert campaign_classes(design("mm4")) == set()


def test_a_class_has_all_the_deadlines_of_its_streams():
    assert deadlines([design("shared-hub")]) == {
        "corporate": (900.0,),
        "system": (300.0, 3600.0),
        "transactional": (120.0,),
        "bulk": (86_400.0,),
    }
