"""FLAML for so many seconds: `train_flaml.py JOB SECONDS` prints one line of JSON."""

import json
import logging
import sys
import time

from flaml import AutoML
from train_data import read, test_scores

logging.disable(logging.WARNING)
METRICS = {"roc_auc": "roc_auc", "pr_auc": "ap", "log_loss": "log_loss"}


def main() -> None:
    """Search by cross-validation on the train split, judge on the test split."""
    job, splits = read(sys.argv[1])
    X, y = splits["train"]
    started = time.monotonic()
    automl = AutoML()
    automl.fit(
        X_train=X,
        y_train=y,
        task="classification",
        metric=METRICS[job["metric"]],
        time_budget=float(sys.argv[2]),
        eval_method="cv",
        n_splits=job["search"]["folds"],
        estimator_list=["lgbm", "xgboost", "rf", "lrl2"],
        n_jobs=2,
        seed=job["seed"],
        verbose=0,
    )
    seconds = time.monotonic() - started
    X_test, y_test = splits["test"]
    found = {"algorithm": automl.best_estimator, "cv": 1 - automl.best_loss, "seconds": seconds}
    print(json.dumps({**found, **test_scores(y_test, automl.predict_proba(X_test)[:, 1])}))


main()
