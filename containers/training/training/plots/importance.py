"""Plots of what a model looks at."""

import numpy as np

from training.metrics import is_loss
from training.plots.inputs import PlotInputs
from training.plots.spec import BAR, MAIN, WIDTH, Spec, Values, number, plot, rows

_BARS = 20
_CLASSES = 8


def permutation_plot(given: PlotInputs) -> Spec:
    """Raw columns by how much worse the metric becomes without them."""
    ranked = sorted(given.importances.items(), key=lambda item: -item[1])[:_BARS]
    values = rows(column=[name for name, _ in ranked], x=[size for _, size in ranked])
    way = "Increase" if is_loss(given.metric) else "Decrease"
    title = f"{way} of {given.metric} when the column's values are mixed up"
    about = given.about(_top(len(ranked), len(given.importances)) + " · validation split, mean of three shuffles")
    return _bars("Permutation importance", about, values, title)


def shap_plot(given: PlotInputs) -> Spec:
    """Raw columns by their mean absolute SHAP value; of several classes one piece a class."""
    ranked = sorted(given.shap_importances.items(), key=lambda item: -item[1])[:_BARS]
    names = [name for name, _ in ranked]
    title = f"Mean absolute SHAP value, {unit(given)}"
    count = 0 if given.sample is None else len(given.sample.frame)
    about = given.about(f"{_top(len(ranked), len(given.shap_importances))} · {count} test rows")
    if given.sample is None or len(given.sample.outputs) == 1:
        return _bars("SHAP importance", about, rows(column=names, x=[size for _, size in ranked]), title)
    return _bars("SHAP importance", about, _pieces(given, names), title)


def unit(given: PlotInputs) -> str:
    """Tell what SHAP values are counted in."""
    of = "value" if given.sample is None else given.sample.of
    binary = {"margin": "log-odds", "probability": "probability"}
    several = {"margin": "score before the softmax", "probability": "probability"}
    return {"value": "unit of the label"}.get(of) or (binary if given.problem.is_binary else several)[of]


def _pieces(given: PlotInputs, names: list[str]) -> Values:
    sample = given.sample
    if sample is None:
        return []
    sizes = np.abs(sample.values).mean(axis=0)
    shown = np.argsort(-sizes.sum(axis=0), kind="stable")[:_CLASSES]
    places = {name: place for place, name in enumerate(sample.columns)}
    known = [name for name in names if name in places]
    return [
        part
        for output in shown
        for part in rows(
            column=known, x=[sizes[places[name], output] for name in known], what=[sample.outputs[output]] * len(known)
        )
    ]


def _bars(title: str, about: str, values: Values, x: str) -> Spec:
    names = list(dict.fromkeys(value["column"] for value in values))
    stacked = any("what" in value for value in values)
    y = {"field": "column", "type": "nominal", "sort": names, "title": None, "axis": {"ticks": False, "domain": False}}
    encoding: Spec = {"x": number("x", x), "y": y}
    if stacked:
        encoding["color"] = {"field": "what", "type": "nominal", "title": "Class", "sort": None}
    layers: list[Spec] = [{"mark": {"type": "bar", "color": MAIN, "height": {"band": 0.7}}, "encoding": encoding}]
    if not stacked:
        text = {"field": "x", "type": "quantitative", "format": ".3g"}
        # Beside the bar; a negative one has the names of the columns on its other side.
        values = [{**value, "end": max(value["x"], 0)} for value in values]
        mark = {"type": "text", "baseline": "middle", "align": "left", "dx": 4}
        layers.append({"mark": mark, "encoding": {"x": number("end", x), "y": y, "text": text}})
    return plot(title, about, {"data": {"values": values}, "layer": layers}, (WIDTH, max(BAR * len(names), 60)))


def _top(shown: int, count: int) -> str:
    return f"{count} columns" if shown == count else f"the first {shown} of {count} columns"
