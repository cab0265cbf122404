import json
import tempfile
import time
from pathlib import Path
from typing import Any

from training.candidates import candidate_named
from training.data import Dataset, load
from training.job import TrainingJob
from training.mlmodel import mlmodel_files
from training.parity import Parity
from training.progress import emit
from training.report import checked_parity, facts_of, result_of
from training.storage import join, parquet_files, write_bytes
from training.train import Trained, train


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
        Whatever keeps this job from succeeding, by its code; nothing is written then.
    """
    started = time.monotonic()
    candidate = candidate_named(job.candidate)
    emit("started", runId=job.run_id, candidate=job.candidate, threads=threads)
    data = _loaded(job)
    trained = train(job, candidate, data, threads)
    parity = _checked(job, data, trained)
    measured = result_of(job, candidate, data, trained)
    facts = facts_of(job, data, trained)
    seconds = round(time.monotonic() - started, 3)
    result = {**measured, "parity": _as_json(parity), "seconds": seconds}
    _write(job, trained, facts, result)
    emit("finished", cvScore=result["cvScore"], seconds=seconds)
    return result


def _loaded(job: TrainingJob) -> Dataset:
    with tempfile.TemporaryDirectory() as scratch:
        data = load(job, parquet_files(job.data_uri, Path(scratch)))
    emit("loaded", rows=data.rows, rowsWithoutLabel=data.rows_without_label, classes=list(data.classes))
    return data


def _checked(job: TrainingJob, data: Dataset, trained: Trained) -> Parity:
    emit("converted", onnxBytes=len(trained.model), sha256=trained.sha256, threshold=trained.threshold)
    parity = checked_parity(job, data, trained)
    emit("parity", rows=parity.rows, maxAbsDiff=parity.max_abs_diff, labelMismatches=parity.label_mismatches)
    return parity


def _as_json(parity: Parity) -> dict[str, Any]:
    return {
        "rows": parity.rows,
        "maxAbsDiff": parity.max_abs_diff,
        "labelMismatches": parity.label_mismatches,
        "passed": parity.passed,
    }


def _write(job: TrainingJob, trained: Trained, facts: dict[str, Any], result: dict[str, Any]) -> None:
    # Both texts first: a value JSON cannot hold must not leave a model without its facts.
    facts_text, result_text = _json(facts), _json(result)
    write_bytes(join(job.output_uri, "model/model.onnx"), trained.model)
    write_bytes(join(job.output_uri, "model/serving.json"), facts_text)
    for path, content in mlmodel_files(job).items():
        write_bytes(join(job.output_uri, f"model/{path}"), content)
    # Whoever finds a result finds a whole model: it is written after everything it speaks of.
    write_bytes(join(job.output_uri, "result.json"), result_text)


def _json(value: object) -> bytes:
    return json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
