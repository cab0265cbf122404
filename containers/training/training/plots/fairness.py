"""Plots of groups of people."""

from collections.abc import Mapping
from typing import Any

from training.plots.inputs import PlotInputs
from training.plots.spec import MAIN, QUIET, Spec, Values, seen, share, whole

_MEASURES = {
    "selectionRate": "Answered {positive}",
    "truePositiveRate": "True positive rate",
    "falsePositiveRate": "False positive rate",
    "rocAuc": "Area under the ROC curve",
}
_WIDTH, _ROW, _GROUPS = 170, 30, 20


def fairness_plots(given: PlotInputs) -> dict[str, Spec]:
    """Rates by group with 95 % bootstrap intervals, for each sensitive column."""
    columns = [] if given.fairness is None else given.fairness["columns"]
    return {f"fairness_{column['column']}": _column(given, column) for column in columns}


def _column(given: PlotInputs, column: Mapping[str, Any]) -> Spec:
    groups = sorted(column["groups"], key=lambda group: -group["rows"])[:_GROUPS]
    values = [value for group in groups for value in _values(given, group)]
    names = [_name(group) for group in groups]
    titles = [title.format(positive=given.positive) for title in _MEASURES.values()]
    y = {"field": "group", "type": "nominal", "sort": names, "title": None, "axis": {"ticks": False, "grid": True}}
    judged = {"condition": {"test": "datum.judged", "value": MAIN}, "value": QUIET}
    layers = [
        {"mark": {"type": "rule", "strokeWidth": 2}, "encoding": {"x": share("low", None), "x2": {"field": "high"}}},
        {"mark": {"type": "point", "filled": True, "size": 70, "opacity": 1}, "encoding": {"x": share("x", None)}},
    ]
    for layer in layers:
        layer["encoding"] |= {"y": y, "color": judged}
    ratio, odds = (_interval(column[key]) for key in ("demographicParityRatio", "equalizedOddsDifference"))
    about = [
        given.about(f"{given.test_rows}, 95 % intervals; grey: too few rows to judge"),
        f"least by greatest rate of answers {ratio} · greatest difference of true or false positive rates {odds}",
    ]
    facet = {"column": {"field": "measure", "type": "nominal", "sort": titles, "title": None}}
    body = {"data": {"values": values}, "facet": facet, "spacing": 24}
    spec = {"width": _WIDTH, "height": max(_ROW * len(names), 60), "layer": layers}
    return whole(f"Answers by {column['column']}", about, {**body, "spec": spec})


def _values(given: PlotInputs, group: Mapping[str, Any]) -> Values:
    found = [(title.format(positive=given.positive), group[key]) for key, title in _MEASURES.items()]
    return [
        {
            "group": _name(group),
            "judged": bool(group["judged"]),
            "measure": title,
            "x": seen(interval["value"]),
            "low": seen(interval["low"]),
            "high": seen(interval["high"]),
        }
        for title, interval in found
        if interval["value"] is not None
    ]


def _name(group: Mapping[str, Any]) -> str:
    return f"{group['value'] or '(missing)'} ({group['rows']:,})"


def _interval(interval: Mapping[str, Any]) -> str:
    if interval["value"] is None:
        return "not known"
    if interval["low"] is None or interval["high"] is None:
        return f"{interval['value']:.2f}"
    return f"{interval['value']:.2f} ({interval['low']:.2f} to {interval['high']:.2f})"
