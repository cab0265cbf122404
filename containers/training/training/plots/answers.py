"""Plots of what is answered: classes beside the true ones, numbers beside the true ones."""

import numpy as np

from training.judge.evaluate import confusion
from training.plots.inputs import PlotInputs
from training.plots.spec import MAIN, Spec, Values, line_between, mark_at, number, plot, rows

_CLASSES = 15
_LINES = 6
_CELL = 64
_BINS = 40
_POINTS = 1_000
_DARK = 0.55


def confusion_plot(given: PlotInputs) -> Spec:
    """Rows by true and answered class, coloured by their share of the true class."""
    matrix = confusion(given.y, given.problem.answers(given.scores, given.threshold), given.classes)
    counts = np.array(matrix["counts"])
    kept = np.sort(np.argsort(-counts.sum(axis=1), kind="stable")[:_CLASSES])
    names = [given.classes[place] for place in kept]
    values: Values = []
    for true in kept:
        total = max(int(counts[true].sum()), 1)
        for answered in kept:
            count = int(counts[true, answered])
            values += rows(true=[given.classes[true]], answered=[given.classes[answered]], share=[count / total])
            values[-1]["text"] = [f"{count:,}", f"{count / total:.1%}"]
    on_top = {**_ON_TOP, "labelAngle": 0 if given.problem.is_binary else -35}
    place = {
        "x": {"field": "answered", "type": "nominal", "sort": names, "title": "Answered", "axis": on_top},
        "y": {
            "field": "true",
            "type": "nominal",
            "sort": names,
            "title": "True",
            "axis": {"domain": False, "ticks": False},
        },
    }
    colour = {
        "field": "share",
        "type": "quantitative",
        "scale": {"scheme": "blues", "domain": [0, 1]},
        "legend": _LEGEND,
    }
    ink = {"condition": {"test": f"datum.share > {_DARK}", "value": "white"}, "value": "#1F2933"}
    mark = {"type": "text", "fontSize": 12, "dy": -7, "lineHeight": 15}
    layers: list[Spec] = [
        {"mark": {"type": "rect", "stroke": "white", "strokeWidth": 2}, "encoding": {**place, "color": colour}},
        {"mark": mark, "encoding": {**place, "text": {"field": "text"}, "color": ink}},
    ]
    at = f" at threshold {given.threshold:.3g}" if given.problem.is_binary and given.threshold is not None else ""
    rest = f", the {_CLASSES} most frequent classes" if len(names) < len(given.classes) else ""
    side = max(_CELL * len(names), 200)
    about = given.about(f"{given.test_rows}{at}{rest}")
    return plot("Confusion matrix", about, {"data": {"values": values}, "layer": layers}, (side, side))


_ON_TOP: Spec = {"orient": "top", "labelLimit": 120, "domain": False, "ticks": False}
_LEGEND: Spec = {"title": "Share of the true class", "format": ".0%", "gradientLength": 120}


def score_distribution_plot(given: PlotInputs) -> Spec:
    """How probabilities are spread in each true class: of the positive class, or of the true one of several."""
    binary = given.problem.is_binary
    chance = given.scores[:, 1] if binary else given.scores[np.arange(len(given.y)), given.y]
    counts = np.bincount(given.y, minlength=len(given.classes))
    edges, values = np.linspace(0, 1, _BINS + 1), []
    for place in np.argsort(-counts, kind="stable")[:_LINES]:
        part = np.histogram(chance[given.y == place], edges)[0] / max(counts[place], 1)
        values += rows(x=edges, y=[*part, part[-1]], what=[f"{given.classes[place]} ({counts[place]:,})"] * len(edges))
    mark = {"type": "area", "interpolate": "step-after", "opacity": 0.25 if binary else 0, "line": {"strokeWidth": 1.5}}
    encoding = {
        "x": number(
            "x", f"Probability of {given.positive}" if binary else "Probability of the true class", domain=[0, 1]
        ),
        "y": number("y", "Share of the class, each 2.5 % wide", format=".0%", stack=None),
        "color": {"field": "what", "type": "nominal", "title": "True class", "sort": None},
    }
    layers: list[Spec] = [{"data": {"values": values}, "mark": mark, "encoding": encoding}]
    if binary and given.threshold is not None:
        layers += mark_at(given.threshold, f"threshold {given.threshold:.3g}")
    return plot("Scores by true class", given.about(given.test_rows), {"layer": layers})


def predicted_actual_plot(given: PlotInputs) -> Spec:
    """Predicted over true numbers."""
    shown = _some(given)
    true, predicted = given.y[shown], given.scores[shown, 0]
    ends = float(min(true.min(), predicted.min())), float(max(true.max(), predicted.max()))
    encoding = {"x": _free("x", "True"), "y": _free("y", "Predicted")}
    points = {"data": {"values": rows(x=true, y=predicted)}, "mark": _DOTS, "encoding": encoding}
    layers = [points, line_between((ends[0], ends[0]), (ends[1], ends[1]))]
    about = f"{_of_rows(given, shown)}, dashes: predicted exactly"
    return plot("Predicted and true", given.about(about), {"layer": layers}, (400, 400))


def residuals_plot(given: PlotInputs) -> Spec:
    """Draw true less predicted over predicted."""
    shown = _some(given)
    predicted = given.scores[shown, 0]
    left = given.y[shown] - predicted
    encoding = {"x": _free("x", "Predicted"), "y": _free("y", "True less predicted")}
    points = {"data": {"values": rows(x=predicted, y=left)}, "mark": _DOTS, "encoding": encoding}
    layers = [points, line_between((float(predicted.min()), 0), (float(predicted.max()), 0))]
    whole = given.y - given.scores[:, 0]
    about = f"{_of_rows(given, shown)} · mean {whole.mean():.3g}, standard deviation {whole.std():.3g}"
    return plot("Residuals", given.about(about), {"layer": layers})


_DOTS: Spec = {"type": "point", "filled": True, "size": 18, "opacity": 0.45, "color": MAIN}


def _free(field: str, title: str) -> Spec:
    return number(field, title, zero=False, nice=True)


def _some(given: PlotInputs) -> np.ndarray:
    return np.sort(np.random.default_rng(0).permutation(len(given.y))[:_POINTS])


def _of_rows(given: PlotInputs, shown: np.ndarray) -> str:
    return given.test_rows if len(shown) == len(given.y) else f"{len(shown):,} of {given.test_rows}"
