import json
import os
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from training.artifact.facts import serving_facts
from training.artifact.mlmodel import mlmodel_files
from training.built import Built
from training.data.checks import checked
from training.data.dataset import Dataset, load
from training.explain import Explanations
from training.job import TrainingJob
from training.machine.environment import cost_usd
from training.machine.progress import emit
from training.machine.storage import join, parquet_files, write_bytes
from training.parity.parity import Parity, checked_parity, parity_rows
from training.report import plot_names, plots_of, result_of
from training.search.train import train

Warnings = list[dict[str, str]]


def run(job: TrainingJob, threads: int) -> dict[str, Any]:
    """Train one candidate and leave its files below ``job.output_uri``, result.json last.

    Parameters
    ----------
    job : TrainingJob
    threads : int
        Processor threads a fit may use.

    Returns
    -------
    dict
        Contract ``TrainingResult``.

    Raises
    ------
    TrainingError
        Whatever keeps this job from succeeding, by its code; no model is written then.
    """
    started = time.monotonic()
    emit("started", runId=job.run_id, candidate=job.candidate, threads=threads)
    data = _loaded(job)
    used, warnings = checked(job, data)
    built = Built.of(job, train(job, data, used, threads), threads)
    parity = _checked(job, data, built)
    explained = built.explained(job, data)
    measured = result_of(job, data, built, explained)
    plots = plots_of(job, data, built, measured, explained)
    seconds = round(time.monotonic() - started, 3)
    cost = cost_usd(seconds, os.environ.get("TASK_PRICE_USD_PER_HOUR"))
    result = {
        **measured,
        "parity": parity.as_json(),
        "warnings": _told([*warnings, *built.trained.warnings]),
        "plots": plot_names(plots),
        "seconds": seconds,
        **({} if cost is None else {"costUsd": cost}),
    }
    _write(job, {**plots, **parity_rows(job, data, built), **_model_files(job, data, built, explained)}, result)
    emit("finished", cvScore=result["cvScore"], seconds=seconds)
    return result


def _loaded(job: TrainingJob) -> Dataset:
    with tempfile.TemporaryDirectory() as scratch:
        data = load(job, parquet_files(job.data_uri, Path(scratch)))
    emit("loaded", rows=data.rows, rowsWithoutLabel=data.rows_without_label, classes=list(data.classes))
    return data


def _checked(job: TrainingJob, data: Dataset, built: Built) -> Parity:
    emit("converted", onnxBytes=len(built.model), sha256=built.sha256, threshold=built.trained.threshold)
    parity = checked_parity(job, data, built)
    emit("parity", rows=parity.rows, maxAbsDiff=parity.max_abs_diff, labelMismatches=parity.label_mismatches)
    return parity


def _told(warnings: Warnings) -> Warnings:
    for warning in warnings:
        emit("warning", **warning)
    return warnings


def _model_files(job: TrainingJob, data: Dataset, built: Built, explained: Explanations) -> dict[str, bytes]:
    facts = serving_facts(job, data, built, explained.facts)
    files = {"model.onnx": built.model, "serving.json": as_json(facts), **explained.files}
    files |= mlmodel_files(job, data, built)
    return {f"model/{path}": content for path, content in files.items()}


def _write(job: TrainingJob, files: Mapping[str, bytes], result: dict[str, Any]) -> None:
    # The text first: a value that JSON cannot hold must not leave a model without its result.
    result_text = as_json(result)
    for path, content in files.items():
        write_bytes(join(job.output_uri, path), content)
    # Whoever finds a result finds a whole model: it is written after everything it speaks of.
    write_bytes(join(job.output_uri, "result.json"), result_text)


def as_json(value: object) -> bytes:
    """JSON without NaN, which nothing else can read."""
    return json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
