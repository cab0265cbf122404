"""Plots of classes: how well they are told apart, and what a probability is worth."""

import numpy as np
from sklearn.metrics import average_precision_score, roc_auc_score

from training.judge.evaluate import precision_recall, roc
from training.plots.inputs import PlotInputs
from training.plots.spec import INK, MAIN, QUIET, Spec, line_between, mark_at, number, plot, rows, share

_CLASSES = 8
_BINS = 10
#: Of a 95 % interval, in standard deviations.
_SIGMAS = 1.96
_THRESHOLDS = 101


def roc_plot(given: PlotInputs) -> Spec:
    """Draw true over false positive rate; of several classes each against the rest."""
    parts = given.one_against_rest(_CLASSES)
    named = [(f"{name}, area {roc_auc_score(hit, chance):.3f}", roc(hit, chance)) for name, hit, chance in parts]
    layers = [line_between((0, 0), (1, 1)), _lines(named, "False positive rate", "True positive rate")]
    if given.problem.is_binary and given.threshold is not None and parts:
        answered, hit = parts[0][2] >= given.threshold, parts[0][1]
        layers += _point(answered[~hit].mean(), answered[hit].mean(), given.threshold)
    area = f"area under the curve {roc_auc_score(parts[0][1], parts[0][2]):.3f} on " if len(parts) == 1 else ""
    return plot("ROC curve" + _versus(given), given.about(area + given.test_rows), {"layer": layers})


def precision_recall_plot(given: PlotInputs) -> Spec:
    """Precision over recall; of several classes each against the rest."""
    parts = given.one_against_rest(_CLASSES)
    named = [
        (f"{name}, average {average_precision_score(hit, chance):.3f}", precision_recall(hit, chance))
        for name, hit, chance in parts
    ]
    layers = [_lines(named, "Recall", "Precision")]
    about = given.test_rows
    if len(parts) == 1:
        hit, chance = parts[0][1:]
        layers.insert(0, line_between((0, hit.mean()), (1, hit.mean())))
        about = f"average precision {average_precision_score(hit, chance):.3f}, by chance {hit.mean():.3f} · {about}"
        answered = chance >= (1.0 if given.threshold is None else given.threshold)
        if given.threshold is not None and answered.any():
            layers += _point(answered[hit].mean(), hit[answered].mean(), given.threshold, above=True)
    return plot("Precision and recall" + _versus(given), given.about(about), {"layer": layers})


def calibration_plot(given: PlotInputs) -> Spec:
    """Share of positives over predicted probability, in bins of equally many rows, with 95 % intervals (Wilson)."""
    parts = given.one_against_rest(len(given.classes))
    hit, chance = (np.concatenate([part[place] for part in parts]) for place in (1, 2))
    edges = np.quantile(chance, np.linspace(0, 1, _BINS + 1)[1:-1])
    groups = _groups(np.searchsorted(edges, chance, side="right"))
    counts = [len(group) for group in groups]
    means, shares = ([float(values[group].mean()) for group in groups] for values in (chance, hit))
    bounds = [_wilson(mean, count) for mean, count in zip(shares, counts, strict=True)]
    values = rows(x=means, y=shares, low=[low for low, _ in bounds], high=[high for _, high in bounds], rows=counts)
    x, y = share("x", "Predicted probability, mean of the bin"), share("y", _truth(given))
    layers: list[Spec] = [
        line_between((0, 0), (1, 1)),
        {"mark": {"type": "rule", "color": QUIET}, "encoding": {"x": x, "y": share("low"), "y2": {"field": "high"}}},
        {"mark": {"type": "line", "color": MAIN, "point": {"size": 60, "color": MAIN}}, "encoding": {"x": x, "y": y}},
    ]
    error = sum(n * abs(a - b) for n, a, b in zip(counts, means, shares, strict=True)) / sum(counts)
    about = f"mean distance from the diagonal {error:.3f} · {given.test_rows}, bars are 95 % intervals"
    return plot("Calibration" + _versus(given), given.about(about), {"data": {"values": values}, "layer": layers})


def threshold_plot(given: PlotInputs) -> Spec:
    """Precision, recall and F1 over the threshold."""
    hit, chance = given.y == 1, given.scores[:, 1].astype(np.float64)
    found: dict[str, list[float | None]] = {"precision": [], "recall": [], "F1": []}
    places = np.linspace(0, 1, _THRESHOLDS)
    for place in places:
        right, answered = float((chance[hit] >= place).sum()), float((chance >= place).sum())
        found["precision"].append(right / answered if answered else None)
        found["recall"].append(right / hit.sum())
        found["F1"].append(2 * right / (answered + hit.sum()))
    values = [part for name, ys in found.items() for part in rows(x=places, y=ys, what=[name] * len(ys))]
    encoding = {
        "x": number("x", f"Threshold: probability of {given.positive} from which it is answered", domain=[0, 1]),
        "y": share("y", None),
        "color": {"field": "what", "type": "nominal", "title": None, "sort": None},
    }
    layers: list[Spec] = [
        {"data": {"values": values}, "mark": {"type": "line", "strokeWidth": 2}, "encoding": encoding}
    ]
    if given.threshold is not None:
        layers += mark_at(given.threshold, f"chosen: {given.threshold:.3g}")
    return plot("What the threshold decides", given.about(given.test_rows), {"layer": layers})


def _versus(given: PlotInputs) -> str:
    return "" if given.problem.is_binary else ", each class against the rest"


def _truth(given: PlotInputs) -> str:
    return f"Share that is {given.positive}" if given.problem.is_binary else "Share that is of the class"


def _lines(named: list[tuple[str, dict[str, list[float]]]], x: str, y: str) -> Spec:
    values = [part for name, curve in named for part in rows(x=curve["x"], y=curve["y"], what=[name] * len(curve["x"]))]
    # The rows are in the order of the curve already: at one x it may go up.
    encoding: Spec = {"x": share("x", x), "y": share("y", y), "order": {"value": None}}
    mark = {"type": "line", "strokeWidth": 2, "color": MAIN}
    if len(named) > 1:
        encoding["color"] = {"field": "what", "type": "nominal", "title": None, "sort": None}
    return {"data": {"values": values}, "mark": mark, "encoding": encoding}


def _point(x: float, y: float, threshold: float, above: bool = False) -> list[Spec]:
    data = {"values": [{**rows(x=[x], y=[y])[0], "text": f"threshold {threshold:.3g}"}]}
    place = {"x": number("x"), "y": number("y")}
    free = {"baseline": "bottom", "dy": -4} if above else {"baseline": "top", "dy": 4}
    text = {"type": "text", "align": "left", "dx": 8, "color": INK, **free}
    return [
        {
            "data": data,
            "mark": {"type": "point", "filled": True, "size": 90, "color": INK, "opacity": 1},
            "encoding": place,
        },
        {"data": data, "mark": text, "encoding": {**place, "text": {"field": "text"}}},
    ]


def _groups(places: np.ndarray) -> list[np.ndarray]:
    return [np.flatnonzero(places == place) for place in np.unique(places)]


def _wilson(mean: float, count: int) -> tuple[float, float]:
    square = _SIGMAS**2 / count
    middle = (mean + square / 2) / (1 + square)
    half = np.sqrt(mean * (1 - mean) * square + square**2 / 4) / (1 + square)
    return max(middle - half, 0.0), min(middle + half, 1.0)
