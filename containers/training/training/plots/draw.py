from collections.abc import Callable

from training.plots.answers import confusion_plot, predicted_actual_plot, residuals_plot, score_distribution_plot
from training.plots.curves import calibration_plot, precision_recall_plot, roc_plot, threshold_plot
from training.plots.fairness import fairness_plots
from training.plots.importance import permutation_plot, shap_plot
from training.plots.inputs import PlotInputs
from training.plots.render import png, vl_json
from training.plots.search import folds_plot, search_plot
from training.plots.shap_values import dependence_plots, summary_plot
from training.plots.spec import Spec

Draw = Callable[[PlotInputs], Spec]
_CLASSES: dict[str, Draw] = {
    "roc": roc_plot,
    "precision_recall": precision_recall_plot,
    "calibration": calibration_plot,
    "confusion_matrix": confusion_plot,
    "score_distribution": score_distribution_plot,
}
_TWO_CLASSES: dict[str, Draw] = {"threshold": threshold_plot}
_NUMBER: dict[str, Draw] = {"predicted_actual": predicted_actual_plot, "residuals": residuals_plot}


def plot_specs(given: PlotInputs) -> dict[str, Spec]:
    """Every plot there is something to draw in, as Vega-Lite, by its name."""
    drawn = {name: draw(given) for name, draw in _asked(given).items()}
    if given.sample is not None and given.sample.values.any():
        drawn |= dependence_plots(given)
    return drawn | fairness_plots(given)


def plot_files(given: PlotInputs) -> dict[str, bytes]:
    """Every plot as ``plots/NAME.png`` and ``plots/NAME.vl.json``; about .1 s of a processor each."""
    files = {}
    for name, spec in plot_specs(given).items():
        files[f"plots/{name}.png"], files[f"plots/{name}.vl.json"] = png(spec), vl_json(spec)
    return files


def _asked(given: PlotInputs) -> dict[str, Draw]:
    asked = dict(_CLASSES if given.problem.is_classification else _NUMBER)
    if given.problem.is_binary:
        asked |= _TWO_CLASSES
    if given.importances:
        asked["permutation_importance"] = permutation_plot
    if given.shap_importances:
        asked["shap_importance"] = shap_plot
    if given.sample is not None and given.sample.values.any():
        asked["shap_summary"] = summary_plot
    if any(trial["state"] == "complete" for trial in given.trials):
        asked["search_history"] = search_plot
    if given.fold_scores:
        asked["fold_scores"] = folds_plot
    return asked
