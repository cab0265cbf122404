"""Runs: made, nested, ended, deleted, restored, tagged."""

import time

import mlflow
import pytest
from mlflow import MlflowClient

from proof import ask, error_of, proves, unique


@proves("POST runs/create", "GET runs/get")
def test_a_run_comes_back_as_it_was_made(client: MlflowClient, experiment: str) -> None:
    made = client.create_run(experiment, start_time=1_700_000_000_123, tags={"a": "1"}, run_name="näme 😀")
    seen = client.get_run(made.info.run_id)
    assert seen.info.start_time == 1_700_000_000_123
    assert (seen.info.run_name, seen.info.status, seen.info.lifecycle_stage) == ("näme 😀", "RUNNING", "active")
    assert seen.data.tags | {"a": "1", "mlflow.runName": "näme 😀"} == seen.data.tags
    assert seen.info.end_time is None
    assert (seen.data.metrics, seen.data.params) == ({}, {})


@proves("POST runs/create")
def test_a_name_is_made_up(client: MlflowClient, experiment: str) -> None:
    made = client.create_run(experiment)
    assert made.info.run_name
    assert made.data.tags["mlflow.runName"] == made.info.run_name


@proves("POST runs/create")
def test_the_tag_gives_the_name(client: MlflowClient, experiment: str) -> None:
    assert client.create_run(experiment, tags={"mlflow.runName": "by tag"}).info.run_name == "by tag"


@proves("POST runs/create")
def test_name_and_tag_must_agree(experiment: str) -> None:
    tags = [{"key": "mlflow.runName", "value": "one"}]
    answer = ask("POST", "runs/create", {"experiment_id": experiment, "run_name": "other", "tags": tags})
    assert error_of(answer) == (400, "INVALID_PARAMETER_VALUE")


@proves("POST runs/create")
def test_the_artifacts_have_a_place(client: MlflowClient, experiment: str) -> None:
    made = client.create_run(experiment)
    assert made.info.artifact_uri == f"mlflow-artifacts:/{experiment}/{made.info.run_id}/artifacts"


@proves("POST runs/create")
def test_both_ids_are_given(experiment: str) -> None:
    answer = ask("POST", "runs/create", {"experiment_id": experiment, "start_time": 5, "user_id": "me"})
    info = answer.body["run"]["info"]
    assert info["run_id"] == info["run_uuid"]
    assert (len(info["run_id"]), info["user_id"]) == (32, "me")
    assert info["start_time"] == 5  # an int64 that is a JSON number


@proves("GET runs/get")
@pytest.mark.parametrize("name", ["run_id", "run_uuid"])
def test_either_id_finds_it(run: str, name: str) -> None:
    assert ask("GET", f"runs/get?{name}={run}").body["run"]["info"]["run_id"] == run


@proves("GET runs/get")
def test_an_unknown_run_is_404() -> None:
    assert error_of(ask("GET", "runs/get?run_id=" + "0" * 32)) == (404, "RESOURCE_DOES_NOT_EXIST")


@proves("GET runs/get")
def test_a_missing_run_id_is_refused() -> None:
    assert error_of(ask("GET", "runs/get")) == (400, "INVALID_PARAMETER_VALUE")


@proves("POST runs/create")
@pytest.mark.parametrize("experiment_id", ["987654321"])
def test_no_run_in_an_unknown_experiment(experiment_id: str) -> None:
    answer = ask("POST", "runs/create", {"experiment_id": experiment_id, "start_time": 5})
    assert error_of(answer) == (404, "RESOURCE_DOES_NOT_EXIST")


@proves("POST runs/create")
def test_a_mistyped_field_is_refused(experiment: str) -> None:
    answer = ask("POST", "runs/create", {"experiment_id": experiment, "start_time": "soon"})
    assert error_of(answer) == (400, "INVALID_PARAMETER_VALUE")


@proves("POST runs/create", "POST runs/update", "GET runs/get")
def test_start_run_and_its_end(client: MlflowClient, experiment: str) -> None:
    with mlflow.start_run(experiment_id=experiment, run_name="whole", description="what for") as started:
        assert client.get_run(started.info.run_id).info.status == "RUNNING"
    seen = client.get_run(started.info.run_id)
    assert (seen.info.status, seen.data.tags["mlflow.note.content"]) == ("FINISHED", "what for")
    assert seen.info.end_time >= seen.info.start_time


@proves("POST runs/update", "GET runs/get")
def test_an_exception_fails_the_run(client: MlflowClient, experiment: str) -> None:
    with pytest.raises(ZeroDivisionError), mlflow.start_run(experiment_id=experiment) as started:
        raise ZeroDivisionError
    assert client.get_run(started.info.run_id).info.status == "FAILED"


@proves("POST runs/create", "POST runs/search")
def test_nested_runs(client: MlflowClient, experiment: str) -> None:
    with mlflow.start_run(experiment_id=experiment) as parent:
        children = []
        for _ in range(2):
            with mlflow.start_run(nested=True, experiment_id=experiment) as child:
                children.append(child.info.run_id)
    wanted = f"tags.mlflow.parentRunId = '{parent.info.run_id}'"
    assert {one.info.run_id for one in client.search_runs([experiment], wanted)} == set(children)
    assert client.get_parent_run(children[0]).info.run_id == parent.info.run_id


@proves("POST runs/update")
@pytest.mark.parametrize("status", ["FINISHED", "FAILED", "KILLED", "SCHEDULED"])
def test_status(client: MlflowClient, run: str, status: str) -> None:
    client.set_terminated(run, status, end_time=1_800_000_000_000)
    seen = client.get_run(run).info
    assert (seen.status, seen.end_time) == (status, 1_800_000_000_000)


@proves("POST runs/update")
def test_a_finished_run_goes_on(client: MlflowClient, run: str, experiment: str) -> None:
    client.set_terminated(run)
    mlflow.set_experiment(experiment_id=experiment)
    with mlflow.start_run(run_id=run):
        mlflow.log_metric("later", 1)
        assert client.get_run(run).info.status == "RUNNING"
    assert client.get_run(run).info.status == "FINISHED"


@proves("POST runs/update", "GET runs/get")
def test_a_new_name_is_also_the_tag(client: MlflowClient, run: str) -> None:
    client.update_run(run, name="renamed")
    seen = client.get_run(run)
    assert (seen.info.run_name, seen.data.tags["mlflow.runName"]) == ("renamed", "renamed")


@proves("POST runs/set-tag", "GET runs/get")
def test_the_tag_renames_the_run(client: MlflowClient, run: str) -> None:
    client.set_tag(run, "mlflow.runName", "by tag")
    assert client.get_run(run).info.run_name == "by tag"


@proves("POST runs/update")
def test_a_bad_update_is_refused(run: str) -> None:
    answer = ask("POST", "runs/update", {"run_id": run, "end_time": "late"})
    assert error_of(answer) == (400, "INVALID_PARAMETER_VALUE")


@proves("POST runs/update")
def test_an_unknown_run_is_not_updated() -> None:
    answer = ask("POST", "runs/update", {"run_id": "0" * 32, "status": "FINISHED"})
    assert error_of(answer) == (404, "RESOURCE_DOES_NOT_EXIST")


@proves("POST runs/delete", "POST runs/restore", "GET runs/get")
def test_delete_and_restore(client: MlflowClient, run: str) -> None:
    client.log_param(run, "p", 1)
    client.delete_run(run)
    seen = client.get_run(run)
    assert (seen.info.lifecycle_stage, seen.data.params) == ("deleted", {"p": "1"})
    client.restore_run(run)
    assert client.get_run(run).info.lifecycle_stage == "active"


@proves("POST runs/delete")
def test_an_unknown_run_is_not_deleted() -> None:
    assert error_of(ask("POST", "runs/delete", {"run_id": "0" * 32})) == (404, "RESOURCE_DOES_NOT_EXIST")


@proves("POST runs/restore")
def test_an_unknown_run_is_not_restored() -> None:
    assert error_of(ask("POST", "runs/restore", {"run_id": "0" * 32})) == (404, "RESOURCE_DOES_NOT_EXIST")


WRITES = {
    "log-metric": {"key": "m", "value": 1, "timestamp": 1},
    "log-parameter": {"key": "p", "value": "1"},
    "set-tag": {"key": "t", "value": "1"},
    "log-batch": {"metrics": [{"key": "m", "value": 1, "timestamp": 1, "step": 0}]},
    "update": {"status": "FINISHED"},
}


@proves(
    "POST runs/log-metric", "POST runs/log-parameter", "POST runs/set-tag", "POST runs/log-batch", "POST runs/update"
)
def test_no_write_to_a_deleted_run(client: MlflowClient, run: str) -> None:
    client.delete_run(run)
    refusals = {path: error_of(ask("POST", f"runs/{path}", {"run_id": run} | body)) for path, body in WRITES.items()}
    assert refusals == dict.fromkeys(WRITES, (400, "INVALID_PARAMETER_VALUE"))


@proves("POST runs/log-metric", "POST runs/log-parameter", "POST runs/set-tag", "POST runs/log-batch")
def test_no_write_to_an_unknown_run() -> None:
    paths = [path for path in WRITES if path != "update"]
    refusals = {path: error_of(ask("POST", f"runs/{path}", {"run_id": "0" * 32} | WRITES[path])) for path in paths}
    assert refusals == dict.fromkeys(paths, (404, "RESOURCE_DOES_NOT_EXIST"))


@proves("POST runs/create", "POST runs/search")
def test_a_run_is_found_at_once(client: MlflowClient, experiment: str) -> None:
    for _ in range(3):
        name = unique("now")
        made = client.create_run(experiment, run_name=name, start_time=int(time.time() * 1000))
        [found] = client.search_runs([experiment], f"run_name = '{name}'")
        assert found.info.run_id == made.info.run_id
