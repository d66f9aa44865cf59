"""What lies where on a figure that is laid out."""

import itertools

from matplotlib.patches import Rectangle
from matplotlib.text import Text

from relaysim.present.drawing import style
from worlds.golden_text import flat, message


def laid_out(figure):
    """Lay a figure out and draw it: some letters have their place only then."""
    style.settle(figure)
    figure.draw_without_rendering()


def letters(figure):
    """Return all that is written on a figure but the numbers along its axes, portable."""
    lines = [message(figure.message), "", message(figure.origin), ""]
    lines += [f"key: {text.get_text()}" for key in figure.legends for text in key.get_texts()]
    for panel in figure.axes:
        named = {
            "panel": panel.get_title("left"),
            "across": panel.get_xlabel(),
            "up": panel.get_ylabel(),
        }
        key = panel.get_legend()
        words = [text.get_text() for text in [*(key.get_texts() if key else ()), *panel.texts]]
        lines += [f"{name}: {flat(text)}" for name, text in named.items() if text]
        lines += [f"  {flat(word)}" for word in words if word.strip()]
    return "\n".join(lines)


def shown(figure):
    """The texts that can be seen, ticks beyond the ends of their axis left out."""
    unseen = {
        id(tick.label1)
        for axes in figure.axes
        for axis in (axes.xaxis, axes.yaxis)
        for tick in axis.get_major_ticks()
        if not min(axis.get_view_interval()) <= tick.get_loc() <= max(axis.get_view_interval())
    }
    hidden = {
        id(tick.label1)
        for axes in figure.axes
        if not axes.axison
        for axis in (axes.xaxis, axes.yaxis)
        for tick in axis.get_major_ticks()
    }
    return [
        text
        for text in figure.findobj(match=Text)
        if id(text) not in unseen | hidden and text.get_visible() and text.get_text().strip()
    ]


def cut_off(figure):
    """Texts that leave the paper."""
    width, height = figure.get_size_inches() * figure.dpi
    return [
        text.get_text()
        for text in shown(figure)
        for box in [text.get_window_extent()]
        if box.x0 < 0 or box.y0 < 0 or box.x1 > width or box.y1 > height
    ]


def touching(figure, slack=1.0):
    """Pairs of texts that overlap by more than so many dots."""
    boxes = [(text.get_text(), text.get_window_extent()) for text in shown(figure)]
    return [
        (one, other)
        for (one, a), (other, b) in itertools.combinations(boxes, 2)
        if min(a.x1, b.x1) - max(a.x0, b.x0) > slack and min(a.y1, b.y1) - max(a.y0, b.y0) > slack
    ]


def boxes(panel):
    """The white boxes of a drawing, in data coordinates: left, top, right, bottom."""
    return [
        (x, y, x + patch.get_width(), y + patch.get_height())
        for patch in panel.patches
        if isinstance(patch, Rectangle) and patch.get_facecolor()[:3] == (1.0, 1.0, 1.0)
        for x, y in [patch.get_xy()]
    ]
