"""An Optuna study over five algorithms for so many seconds: `train_optuna.py JOB SECONDS` prints a line of JSON."""

import json
import sys
import time
import warnings

import optuna
from lightgbm import LGBMClassifier
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from train_data import read, test_scores
from xgboost import XGBClassifier

warnings.filterwarnings("ignore")
optuna.logging.set_verbosity(optuna.logging.WARNING)
SCORING = {"roc_auc": "roc_auc", "pr_auc": "average_precision", "log_loss": "neg_log_loss"}


def estimator(trial: optuna.Trial):
    """One of five algorithms with the parameters that people search."""
    name = trial.suggest_categorical("algorithm", ["logistic", "forest", "hist", "xgboost", "lightgbm"])
    if name == "logistic":
        return LogisticRegression(C=trial.suggest_float("C", 1e-3, 1e2, log=True), max_iter=1_000)
    if name == "forest":
        return RandomForestClassifier(
            n_estimators=trial.suggest_int("trees", 100, 400),
            min_samples_leaf=trial.suggest_int("leaf", 1, 20),
            max_features=trial.suggest_float("share", 0.2, 1.0),
            n_jobs=2,
            random_state=42,
        )
    rate = trial.suggest_float("rate", 0.01, 0.3, log=True)
    rounds = trial.suggest_int("rounds", 50, 400)
    leaves = trial.suggest_int("leaves", 4, 64, log=True)
    if name == "hist":
        return HistGradientBoostingClassifier(
            learning_rate=rate, max_iter=rounds, max_leaf_nodes=leaves, random_state=42
        )
    if name == "xgboost":
        return XGBClassifier(
            learning_rate=rate, n_estimators=rounds, max_leaves=leaves, grow_policy="lossguide", n_jobs=2
        )
    return LGBMClassifier(learning_rate=rate, n_estimators=rounds, num_leaves=leaves, n_jobs=2, verbosity=-1)


def pipeline(model):
    """The usual preparation."""
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    texts = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    columns = make_column_transformer(
        (numbers, make_column_selector(dtype_include="number")),
        (texts, make_column_selector(dtype_include="category")),
    )
    return make_pipeline(columns, model)


def main() -> None:
    """Search by cross-validation on the train split, judge on the test split."""
    job, splits = read(sys.argv[1])
    X, y = splits["train"]
    folds = StratifiedKFold(job["search"]["folds"], shuffle=True, random_state=job["seed"])
    scoring = SCORING[job["metric"]]

    def objective(trial: optuna.Trial) -> float:
        return float(cross_val_score(pipeline(estimator(trial)), X, y, cv=folds, scoring=scoring).mean())

    started = time.monotonic()
    study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=job["seed"]))
    study.optimize(objective, timeout=float(sys.argv[2]))
    best = pipeline(estimator(optuna.trial.FixedTrial(study.best_params))).fit(X, y)
    seconds = time.monotonic() - started
    X_test, y_test = splits["test"]
    found = {"algorithm": study.best_params["algorithm"], "cv": study.best_value, "seconds": seconds}
    found["trials"] = len(study.trials)
    print(json.dumps({**found, **test_scores(y_test, best.predict_proba(X_test)[:, 1])}))


main()
