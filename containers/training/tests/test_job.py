import json
from pathlib import Path

import pytest

from tests.conftest import job_of
from training.errors import TrainingError
from training.job import parse_job


def test_reads_the_contracts_names_and_defaults():
    job = parse_job(json.dumps(job_of(Path("/x"))))
    assert (job.run_id, job.split_column, job.threshold, job.search.timeout_seconds) == ("run-1", "split", None, 60)
    assert job.input_names[:2] == ["tenure", "charges"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"problem": "ranking"}, ["problem", "'ranking'", "regression"]),
        ({"search": {"trials": 0, "timeoutSeconds": 1, "folds": 2}}, ["search.trials", "(got 0)", "greater than"]),
        ({"inputs": []}, ["inputs", "at least 1"]),
        ({"inputs": [{"name": "a b", "type": "number"}]}, ["inputs.0.name", "'a b'"]),
        ({"inputs": [{"name": "a", "type": "number"}] * 2}, ["a more than once"]),
        ({"inputs": [{"name": "churn", "type": "string"}]}, ["churn", "is the label"]),
        ({"threshold": 1.5}, ["threshold", "1.5"]),
    ],
)
def test_names_the_field_the_value_and_what_is_allowed(changes, said):
    with pytest.raises(TrainingError) as caught:
        parse_job(json.dumps(job_of(Path("/x"), **changes)))
    assert caught.value.code == "INVALID_REQUEST"
    for text in said:
        assert text in caught.value.message


def test_text_that_is_not_json_is_an_invalid_request():
    with pytest.raises(TrainingError, match="not valid"):
        parse_job("{")
