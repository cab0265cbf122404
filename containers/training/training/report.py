from typing import Any

import numpy as np
import pandas as pd

from training.candidates import Candidate
from training.data import Dataset
from training.environment import environment
from training.evaluate import calibration, confusion, importances, precision_recall, roc
from training.facts import serving_facts
from training.job import TrainingJob
from training.metrics import all_scores
from training.parity import Parity, compare, hard_rows, require_parity
from training.train import Trained


def checked_parity(job: TrainingJob, data: Dataset, trained: Trained) -> Parity:
    """Compare pipeline and graph over the test split and adversarial rows.

    Raises
    ------
    TrainingError
        ``PARITY_NOT_MET``.
    """
    test = data.test.frame
    hard = hard_rows(trained.model, trained.used, job.inputs, test)
    parity = compare(trained.pipeline, trained.graph, pd.concat([test, hard], ignore_index=True))
    require_parity(parity)
    return parity


def facts_of(job: TrainingJob, data: Dataset, trained: Trained) -> dict[str, Any]:
    """Contract ``ServingFacts`` of a trained candidate."""
    about = {"classes": list(data.classes), "threshold": trained.threshold, "onnxSha256": trained.sha256}
    probabilities = trained.graph.predict(data.test.frame)[1]
    return serving_facts(job, trained.graph, data.test.frame, probabilities, about)


def result_of(job: TrainingJob, candidate: Candidate, data: Dataset, trained: Trained) -> dict[str, Any]:
    """Contract ``TrainingResult`` but for ``parity`` and ``seconds``.

    Everything is measured on the graph, which is what will be served.
    """
    used = [column.name for column in trained.used]
    return {
        "runId": job.run_id,
        "candidate": job.candidate,
        "cvScore": trained.found.score,
        "validationMetrics": _scores(trained, data.validation.frame, data.validation.labels),
        "params": trained.found.params,
        "threshold": trained.threshold,
        "trials": trained.found.trials,
        **_test_measures(data, trained),
        "importances": importances(trained.graph, data.validation, job.metric, used, job.seed),
        "rows": data.rows,
        "onnx": {"sha256": trained.sha256, "bytes": len(trained.model)},
        "environment": environment(candidate, _run_facts(job, data, trained)),
    }


def _test_measures(data: Dataset, trained: Trained) -> dict[str, Any]:
    labels, probabilities = data.test.labels, trained.graph.predict(data.test.frame)[1]
    return {
        "testMetrics": all_scores(labels, probabilities, trained.threshold),
        "rocCurve": roc(labels, probabilities),
        "prCurve": precision_recall(labels, probabilities),
        "calibration": calibration(labels, probabilities),
        "confusionMatrix": confusion(labels, probabilities, trained.threshold),
    }


def _scores(trained: Trained, frame: pd.DataFrame, labels: np.ndarray) -> dict[str, float]:
    return all_scores(labels, trained.graph.predict(frame)[1], trained.threshold)


def _run_facts(job: TrainingJob, data: Dataset, trained: Trained) -> dict[str, str]:
    unused = sorted(set(job.input_names) - {column.name for column in trained.used})
    estimator = trained.pipeline.steps[-1][1]
    return {
        "seed": str(job.seed),
        "dataSha256": data.sha256,
        "unusedColumns": ",".join(unused),
        "estimator": type(estimator).__name__,
    }
