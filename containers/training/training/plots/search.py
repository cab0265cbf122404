"""Plots of how a model was found."""

from training.metrics import is_loss
from training.plots.inputs import PlotInputs
from training.plots.spec import MAIN, QUIET, SECOND, Spec, number, plot, rows

_HEIGHT = 240


def search_plot(given: PlotInputs) -> Spec:
    """Score of every finished trial, and the best until then."""
    done = [trial for trial in given.trials if trial["score"] is not None and trial["state"] == "complete"]
    places, scores = [trial["number"] for trial in done], [float(trial["score"]) for trial in done]
    better = min if is_loss(given.metric) else max
    best = [better(scores[: place + 1]) for place in range(len(scores))]
    x = number("x", "Trial", tickMinStep=1, nice=False, padding=12, zero=False, format="d")
    y = f"{given.metric}, mean of the folds"
    layers: list[Spec] = [
        {
            "data": {"values": rows(x=places, y=best)},
            "mark": {"type": "line", "interpolate": "step-after", "color": SECOND, "strokeWidth": 2},
            "encoding": {"x": x, "y": number("y", y, zero=False, padding=12, nice=False)},
        },
        {
            "data": {"values": rows(x=places, y=scores)},
            "mark": {"type": "point", "filled": True, "size": 50, "color": MAIN, "opacity": 0.9},
            "encoding": {"x": x, "y": number("y", y, zero=False, padding=12, nice=False)},
        },
    ]
    pruned = len(given.trials) - len(done)
    stopped = f", {pruned} stopped early and not shown" if pruned else ""
    about = given.about(f"{len(done)} trials{stopped} · line: best so far, {best[-1]:.4g}")
    return plot("Search", about, {"layer": layers}, (480, _HEIGHT))


def folds_plot(given: PlotInputs) -> Spec:
    """Score of the best trial on each fold, and their mean."""
    scores = [float(score) for score in given.fold_scores]
    mean = sum(scores) / len(scores)
    y = number("y", given.metric, zero=False, padding=16, nice=False)
    x = {"field": "fold", "type": "ordinal", "title": "Fold", "axis": {"labelAngle": 0}}
    layers: list[Spec] = [
        {
            "data": {"values": rows(y=[mean])},
            "mark": {"type": "rule", "color": QUIET, "strokeDash": [4, 4]},
            "encoding": {"y": y},
        },
        {
            "data": {"values": rows(fold=range(1, len(scores) + 1), y=scores)},
            "mark": {"type": "point", "filled": True, "size": 90, "color": MAIN, "opacity": 1},
            "encoding": {"x": x, "y": y},
        },
    ]
    spread = max(scores) - min(scores)
    about = given.about(f"dashes: mean {mean:.4g}, apart by {spread:.3g}")
    return plot("Folds of the best trial", about, {"layer": layers}, (max(60 * len(scores), 240), _HEIGHT))
