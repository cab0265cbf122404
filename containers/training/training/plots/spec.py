"""What all plots have in common. A plot is a Vega-Lite 5 specification as plain dictionaries, its values inlined."""

from collections.abc import Iterable, Mapping
from typing import Any

Spec = dict[str, Any]
Values = list[dict[str, Any]]

#: Told apart by the colour-blind, too (Okabe and Ito).
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7F3C8D", "#4D4D4D", "#8C6D1F", "#00655B")
MAIN, SECOND, QUIET = COLOURS[0], COLOURS[1], "#8A94A0"
INK, _GREY = "#1F2933", "#52606D"
WIDTH, HEIGHT, BAR = 480, 320, 22
_DIGITS = 5

_CONFIG: Spec = {
    "background": "#FFFFFF",
    "padding": 16,
    # The renderer brings this font along; browsers that lack it take the next.
    "font": "Liberation Sans, Arial, Helvetica, sans-serif",
    "view": {"stroke": None},
    "title": {
        "anchor": "start",
        "frame": "group",
        "fontSize": 16,
        "color": INK,
        "subtitleFontSize": 12,
        "subtitleColor": _GREY,
        "subtitlePadding": 4,
        "offset": 14,
    },
    "axis": {
        "labelFontSize": 11,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "labelColor": _GREY,
        "titleColor": INK,
        "gridColor": "#E8ECF0",
        "domainColor": "#B8C2CC",
        "tickColor": "#B8C2CC",
        "labelLimit": 220,
        "labelFlush": False,
        "titlePadding": 8,
    },
    "legend": {"labelFontSize": 11, "titleFontSize": 12, "titleFontWeight": "normal", "labelLimit": 200},
    "header": {"labelFontSize": 12, "labelColor": INK, "title": None},
    "range": {"category": list(COLOURS)},
    "text": {"fontSize": 11, "color": INK},
}


def plot(title: str, about: str | list[str], body: Mapping[str, Any], size: tuple[int, int] = (WIDTH, HEIGHT)) -> Spec:
    """One plot of one view; ``about`` is the line below the title."""
    return {**whole(title, about, {}), "width": size[0], "height": size[1], **body}


def whole(title: str, about: str | list[str], body: Mapping[str, Any]) -> Spec:
    """One plot of several views."""
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "title": {"text": title, "subtitle": about},
        "config": _CONFIG,
        **body,
    }


def rows(**columns: Iterable[Any]) -> Values:
    """Values of a plot from its columns; numbers get as many digits as can be seen."""
    names = list(columns)
    return [
        {name: seen(value) for name, value in zip(names, row, strict=True)}
        for row in zip(*columns.values(), strict=True)
    ]


def seen(value: Any) -> Any:
    """Give a number five digits; leave anything else as it is."""
    if isinstance(value, bool | str | int) or value is None:
        return value
    return float(f"{float(value):.{_DIGITS}g}")


def number(field: str, title: str | None = "", **more: Any) -> Spec:
    """Channel of a number; ``domain``, ``format`` and ``zero`` may be told.

    Without a title another layer's is taken.
    """
    scale = {key: more.pop(key) for key in ("domain", "zero", "nice", "padding") if key in more}
    axis = {key: more.pop(key) for key in ("format", "tickCount", "values", "tickMinStep") if key in more}
    named = {} if title == "" else {"title": title}
    found: Spec = {"field": field, "type": "quantitative", **named, **more}
    return found | ({"scale": scale} if scale else {}) | ({"axis": axis} if axis else {})


def share(field: str, title: str | None = "", **more: Any) -> Spec:
    """Channel of a share of one, shown in per cent over all of its range."""
    return number(field, title, **{"domain": [0, 1], "format": ".0%", **more})


def line_between(start: tuple[float, float], end: tuple[float, float]) -> Spec:
    """Grey dashes from one point to another: what the curve would be if the model knew nothing, or everything."""
    mark = {"type": "line", "strokeDash": [4, 4], "color": QUIET, "strokeWidth": 1}
    data = {"values": rows(x=(start[0], end[0]), y=(start[1], end[1]))}
    return {"data": data, "mark": mark, "encoding": {"x": number("x"), "y": number("y")}}


def mark_at(value: float, text: str, axis: str = "x") -> list[Spec]:
    """Line across the plot at a value that matters, and its name."""
    data = {"values": [{"at": seen(value), "text": text}]}
    place = {axis: {"field": "at", "type": "quantitative"}}
    left_over = 0.6
    aside = {"align": "right", "dx": -6} if axis == "x" and value > left_over else {"align": "left", "dx": 6}
    label = {"type": "text", "color": INK, "baseline": "top", **aside}
    beside = {"y": {"value": 4}} if axis == "x" else {"x": {"value": 4}}
    return [
        {"data": data, "mark": {"type": "rule", "color": INK, "strokeWidth": 1.5}, "encoding": place},
        {"data": data, "mark": label, "encoding": {**place, **beside, "text": {"field": "text"}}},
    ]
