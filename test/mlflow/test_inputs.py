"""What went into a run: data sets and models."""

import mlflow
import pandas as pd
import pytest
from mlflow import MlflowClient
from mlflow.entities import Dataset, DatasetInput, InputTag

from proof import ask, error_of, proves, since


def dataset(name: str = "train", digest: str = "abc", **change: str) -> dict:
    """A data set as the wire has it."""
    return {"name": name, "digest": digest, "source_type": "local", "source": "{}"} | change


@proves("POST runs/log-inputs", "GET runs/get")
def test_a_data_frame_is_an_input(client: MlflowClient, active: mlflow.ActiveRun) -> None:
    frame = pd.DataFrame({"x": [1, 2, 3], "y": [0.5, 0.25, 1]})
    mlflow.log_input(mlflow.data.from_pandas(frame, name="rows", targets="y"), context="training", tags={"v": "2"})
    [seen] = client.get_run(active.info.run_id).inputs.dataset_inputs
    assert seen.dataset.name == "rows"
    assert len(seen.dataset.digest) == 8
    assert ('"x"' in seen.dataset.schema, '"num_rows": 3' in seen.dataset.profile) == (True, True)
    assert {one.key: one.value for one in seen.tags} == {"mlflow.data.context": "training", "v": "2"}


@proves("POST runs/log-inputs", "GET runs/get")
def test_the_same_data_set_twice_is_one(client: MlflowClient, run: str) -> None:
    for _ in range(2):
        client.log_inputs(run, [DatasetInput(Dataset(**dataset()), [InputTag("mlflow.data.context", "train")])])
    client.log_inputs(run, [DatasetInput(Dataset(**dataset(digest="other")), [])])
    seen = [one.dataset.digest for one in client.get_run(run).inputs.dataset_inputs]
    assert sorted(seen) == ["abc", "other"]


@proves("POST runs/log-inputs", "POST runs/search")
@pytest.mark.parametrize(
    ("filter_string", "found"),
    [
        ("dataset.name = 'wine'", True),
        ("datasets.name LIKE 'wi%'", True),
        ("dataset.name ILIKE 'WINE'", True),
        ("dataset.name != 'wine'", False),
        ("dataset.name IN ('wine', 'beer')", True),
        ("dataset.digest = 'd1'", True),
        ("dataset.digest IN ('d2')", False),
        ("dataset.context = 'eval'", True),
        ("dataset.context LIKE 'tr%'", False),
        ("dataset.name = 'wine' AND dataset.context = 'eval'", True),
    ],
)
def test_runs_are_found_by_their_data_set(
    client: MlflowClient, experiment: str, run: str, filter_string: str, found: bool
) -> None:
    tags = [InputTag("mlflow.data.context", "eval")]
    client.log_inputs(run, [DatasetInput(Dataset(**dataset("wine", "d1")), tags)])
    seen = client.search_runs([experiment], f"run_id = '{run}' AND {filter_string}")
    assert [one.info.run_id for one in seen] == ([run] if found else [])
    client.delete_run(run)


@proves("POST runs/log-inputs", "GET runs/get")
def test_large_schemas_come_back(client: MlflowClient, run: str) -> None:
    large = dataset("large", "l1", source="s" * 60_000, schema="c" * 200_000, profile="p" * 200_000)
    client.log_inputs(run, [DatasetInput(Dataset(**large), [])])
    [seen] = client.get_run(run).inputs.dataset_inputs
    assert (seen.dataset.schema, seen.dataset.profile) == (large["schema"], large["profile"])
    assert seen.dataset.source == large["source"]


@proves("POST runs/log-inputs")
@pytest.mark.parametrize(
    "wrong",
    [
        {"dataset": dataset(name="n" * 501)},
        {"dataset": dataset(digest="d" * 37)},
        {"dataset": dataset(source="s" * 65_536)},
        {"dataset": dataset(), "tags": [{"key": "k" * 256, "value": "v"}]},
        {"dataset": dataset(), "tags": [{"key": "k", "value": "v" * 501}]},
    ],
)
def test_a_bad_data_set_is_refused(run: str, wrong: dict) -> None:
    answer = ask("POST", "runs/log-inputs", {"run_id": run, "datasets": [wrong]})
    assert error_of(answer) == (400, "INVALID_PARAMETER_VALUE")


@proves("POST runs/log-inputs")
def test_an_unknown_run_has_no_inputs() -> None:
    body = {"run_id": "0" * 32, "datasets": [{"dataset": dataset()}]}
    assert error_of(ask("POST", "runs/log-inputs", body)) == (404, "RESOURCE_DOES_NOT_EXIST")


@since("3.0")
@proves("POST runs/log-inputs", "POST runs/outputs", "GET runs/get")
def test_models_go_in_and_come_out(client: MlflowClient, experiment: str, run: str) -> None:
    from mlflow.entities import LoggedModelInput, LoggedModelOutput

    first, second = [client.create_logged_model(experiment).model_id for _ in range(2)]
    client.log_inputs(run, models=[LoggedModelInput(first)])
    client.log_outputs(run, [LoggedModelOutput(second, step=7)])
    seen = client.get_run(run)
    assert [one.model_id for one in seen.inputs.model_inputs] == [first]
    assert [(one.model_id, one.step) for one in seen.outputs.model_outputs] == [(second, 7)]


@proves("POST runs/outputs")
def test_an_unknown_run_has_no_outputs() -> None:
    body = {"run_id": "0" * 32, "models": [{"model_id": "m-" + "0" * 32, "step": 0}]}
    assert error_of(ask("POST", "runs/outputs", body)) == (404, "RESOURCE_DOES_NOT_EXIST")
