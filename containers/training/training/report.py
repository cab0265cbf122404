from pathlib import PurePosixPath
from typing import Any

import numpy as np

from training.built import Built
from training.data.dataset import Dataset
from training.explain import Explanations
from training.graph.graph import graph_rows
from training.job import TrainingJob
from training.judge.evaluate import confusion, curves
from training.judge.fairness import fairness_report
from training.judge.importances import gain_of, permutation_importances
from training.judge.production import production_comparison
from training.machine.environment import environment
from training.plots import PlotInputs, plot_files
from training.problem import problem_named


def result_of(job: TrainingJob, data: Dataset, built: Built, explained: Explanations) -> dict[str, Any]:
    """Contract ``TrainingResult`` but for ``parity``, ``warnings`` of the data, ``plots``, time and cost.

    Everything is measured on the graph, which is what will be served.
    """
    trained = built.trained
    test = built.scores(data.test)
    fairness = fairness_report(job, data, test, trained.threshold)
    production = production_comparison(job, data, test, trained.threshold)
    return {
        "runId": job.run_id,
        "candidate": job.candidate,
        "problem": job.problem,
        "metric": job.metric,
        **_searched(built),
        **_measured(job, data, built, test),
        "importances": _importances(job, data, built),
        "shapImportances": explained.importances,
        **({} if fairness is None else {"fairness": fairness}),
        **({} if production is None else {"production": production}),
        "rows": data.rows,
        "onnx": {"sha256": built.sha256, "bytes": len(built.model)},
        "environment": _environment(job, data, built),
    }


def plots_of(
    job: TrainingJob, data: Dataset, built: Built, result: dict[str, Any], explained: Explanations
) -> dict[str, bytes]:
    """Draw the plots, by their paths below the job's output."""
    given = PlotInputs(
        name=f"{job.project} · {job.candidate}",
        problem=problem_named(job.problem),
        metric=job.metric,
        classes=data.classes,
        y=data.test.y,
        scores=built.scores(data.test),
        threshold=built.trained.threshold,
        trials=result["trials"],
        fold_scores=result["foldScores"],
        importances=result["importances"],
        shap_importances=result["shapImportances"],
        sample=explained.sample,
        fairness=result.get("fairness"),
    )
    return plot_files(given)


def plot_names(files: dict[str, bytes]) -> list[str]:
    """Names of plots, without their endings."""
    return sorted(PurePosixPath(path).name.removesuffix(".png") for path in files if path.endswith(".png"))


def _searched(built: Built) -> dict[str, Any]:
    trained, found = built.trained, built.trained.found
    return {
        "cvScore": found.score,
        "foldScores": list(found.fold_scores),
        "params": found.params,
        **({} if trained.threshold is None else {"threshold": trained.threshold}),
        **({} if trained.calibration is None else {"calibration": trained.calibration}),
        "trials": found.trials,
        "searchSeconds": found.seconds,
    }


def _measured(job: TrainingJob, data: Dataset, built: Built, test: np.ndarray) -> dict[str, Any]:
    problem, threshold = problem_named(job.problem), built.trained.threshold
    y = data.test.y
    matrix = confusion(y, problem.answers(test, threshold), data.classes) if problem.is_classification else None
    return {
        "testMetrics": problem.all_scores(y, test, threshold),
        "validationMetrics": problem.all_scores(data.validation.y, built.scores(data.validation), threshold),
        "curves": curves(problem, y, test, job.seed),
        **({} if matrix is None else {"confusionMatrix": matrix}),
    }


def _importances(job: TrainingJob, data: Dataset, built: Built) -> dict[str, float]:
    gain = gain_of(problem_named(job.problem), job.metric, built.trained.threshold)
    rows = (graph_rows(data.validation)[[column.name for column in built.inputs]], data.validation.y)
    return permutation_importances(built.graph.scores, rows, gain, built.players, job.seed)


def _environment(job: TrainingJob, data: Dataset, built: Built) -> dict[str, str]:
    trained = built.trained
    unused = sorted(set(job.input_names) - {column.name for column in trained.used})
    packages = {package for candidate in trained.candidates for package in candidate.packages}
    left = built.prelude.left if built.prelude else None
    return environment(
        packages,
        {
            **trained.notes,
            "seed": str(job.seed),
            "datasetId": job.dataset_id,
            "dataSha256": data.sha256,
            "unusedColumns": ",".join(unused),
            "computedInGraph": ",".join(built.graph.computed_outputs),
            "computedOutside": ",".join(feature.name for feature in left.features) if left else "",
        },
    )
