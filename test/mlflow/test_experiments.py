"""Experiments: made, found, renamed, tagged, deleted with their runs and brought back."""

import mlflow
import pytest
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

from proof import ask, error_of, proves, refused, unique


@proves("POST experiments/create", "GET experiments/get")
def test_create_gives_an_id_and_get_all_of_it(client: MlflowClient) -> None:
    name = unique("made")
    made = client.get_experiment(client.create_experiment(name, tags={"team": "Zürich ✓", "empty": ""}))
    assert (made.name, made.lifecycle_stage) == (name, "active")
    assert made.tags == {"team": "Zürich ✓", "empty": ""}
    assert made.creation_time == made.last_update_time > 1_600_000_000_000
    assert made.artifact_location.startswith("mlflow-artifacts:/")
    assert made.artifact_location.endswith(f"/{made.experiment_id}")


@proves("POST experiments/create")
def test_the_id_is_text(client: MlflowClient) -> None:
    answer = ask("POST", "experiments/create", {"name": unique("text")})
    assert isinstance(answer.body["experiment_id"], str)


@proves("POST experiments/create")
@pytest.mark.parametrize("name", ["x" * 500, "with blanks / and : signs % + ?#", "日本語 😀", "'quotes' \"too\""])
def test_any_name_is_taken(client: MlflowClient, name: str) -> None:
    wanted = f"{unique('n')} {name}"[:500]
    assert client.get_experiment(client.create_experiment(wanted)).name == wanted


@proves("GET experiments/get-by-name")
@pytest.mark.parametrize("name", ["a b", "a+b", "a%20b", "a&b=c", "ü ß 日本", "a/b?c#d"])
def test_get_by_name_finds_nasty_names(client: MlflowClient, name: str) -> None:
    wanted = f"{unique('by')} {name}"
    assert client.create_experiment(wanted) == client.get_experiment_by_name(wanted).experiment_id


@proves("GET experiments/get-by-name")
def test_get_by_name_of_none_is_none(client: MlflowClient) -> None:
    assert client.get_experiment_by_name(unique("nobody")) is None


@proves("GET experiments/get-by-name")
def test_get_by_name_finds_a_deleted_one(client: MlflowClient) -> None:
    name = unique("gone")
    client.delete_experiment(client.create_experiment(name))
    assert client.get_experiment_by_name(name).lifecycle_stage == "deleted"


@proves("POST experiments/create", "GET experiments/get-by-name")
def test_set_experiment_makes_it_once() -> None:
    name = unique("set")
    first, second = mlflow.set_experiment(name), mlflow.set_experiment(name)
    assert first.experiment_id == second.experiment_id


@proves("POST experiments/create")
@pytest.mark.parametrize("deleted", [False, True])
def test_a_name_stays_taken(client: MlflowClient, deleted: bool) -> None:
    name = unique("taken")
    made = client.create_experiment(name)
    if deleted:
        client.delete_experiment(made)
    assert error_of(ask("POST", "experiments/create", {"name": name})) == (400, "RESOURCE_ALREADY_EXISTS")


@proves("POST experiments/create")
@pytest.mark.parametrize("body", [{}, {"name": ""}, {"name": None}, {"name": 5}, {"name": ["a"]}, {"name": "x" * 501}])
def test_a_bad_name_is_refused(body: dict) -> None:
    assert error_of(ask("POST", "experiments/create", body)) == (400, "INVALID_PARAMETER_VALUE")


@proves("POST experiments/create")
@pytest.mark.parametrize(
    "tag", [{"key": "", "value": "x"}, {"key": "k" * 251, "value": "x"}, {"key": "k", "value": "v" * 20001}]
)
def test_a_bad_tag_is_refused(tag: dict) -> None:
    answer = ask("POST", "experiments/create", {"name": unique("tag"), "tags": [tag]})
    assert error_of(answer) == (400, "INVALID_PARAMETER_VALUE")


@proves("GET experiments/get")
def test_an_unknown_id_is_404() -> None:
    assert error_of(ask("GET", "experiments/get?experiment_id=987654321")) == (404, "RESOURCE_DOES_NOT_EXIST")


@proves("GET experiments/get")
def test_a_missing_id_is_refused() -> None:
    assert error_of(ask("GET", "experiments/get")) == (400, "INVALID_PARAMETER_VALUE")


@proves("GET experiments/get-by-name")
def test_a_missing_name_is_refused() -> None:
    assert error_of(ask("GET", "experiments/get-by-name")) == (400, "INVALID_PARAMETER_VALUE")


@proves("POST experiments/update", "GET experiments/get")
def test_rename(client: MlflowClient) -> None:
    made = client.get_experiment(client.create_experiment(unique("old")))
    name = unique("new")
    client.rename_experiment(made.experiment_id, name)
    seen = client.get_experiment(made.experiment_id)
    assert seen.name == name
    assert seen.last_update_time >= made.last_update_time
    assert client.get_experiment_by_name(made.name) is None


@proves("POST experiments/update")
def test_a_deleted_one_is_not_renamed(client: MlflowClient) -> None:
    made = client.create_experiment(unique("old"))
    client.delete_experiment(made)
    answer = ask("POST", "experiments/update", {"experiment_id": made, "new_name": unique("new")})
    assert refused(answer) in ("INVALID_STATE", "INVALID_PARAMETER_VALUE")
    assert client.get_experiment(made).name.startswith("old-")


@proves("POST experiments/update")
def test_a_rename_to_a_taken_name_is_refused(client: MlflowClient) -> None:
    taken = unique("taken")
    client.create_experiment(taken)
    made = client.create_experiment(unique("other"))
    answer = ask("POST", "experiments/update", {"experiment_id": made, "new_name": taken})
    assert error_of(answer) in [(400, "BAD_REQUEST"), (400, "RESOURCE_ALREADY_EXISTS")]


@proves("POST experiments/delete", "POST experiments/restore", "GET runs/get")
def test_delete_takes_the_runs_along_and_restore_brings_them_back(client: MlflowClient) -> None:
    made = client.create_experiment(unique("round"))
    runs = [client.create_run(made).info.run_id for _ in range(2)]
    client.delete_experiment(made)
    assert {client.get_run(one).info.lifecycle_stage for one in runs} == {"deleted"}
    client.restore_experiment(made)
    assert client.get_experiment(made).lifecycle_stage == "active"
    assert {client.get_run(one).info.lifecycle_stage for one in runs} == {"active"}


@proves("POST experiments/delete")
def test_an_unknown_one_is_not_deleted() -> None:
    answer = ask("POST", "experiments/delete", {"experiment_id": "987654321"})
    assert error_of(answer) == (404, "RESOURCE_DOES_NOT_EXIST")


@proves("POST experiments/restore")
def test_an_unknown_one_is_not_restored() -> None:
    answer = ask("POST", "experiments/restore", {"experiment_id": "987654321"})
    assert error_of(answer) == (404, "RESOURCE_DOES_NOT_EXIST")


@proves("POST runs/create")
def test_no_run_in_a_deleted_experiment(client: MlflowClient) -> None:
    made = client.create_experiment(unique("gone"))
    client.delete_experiment(made)
    with pytest.raises(MlflowException, match=r"(?i)active|deleted"):
        client.create_run(made)


@proves("POST experiments/set-experiment-tag", "GET experiments/get")
def test_tags_are_set_and_overwritten(client: MlflowClient, experiment: str) -> None:
    client.set_experiment_tag(experiment, "a.b c/d", "1")
    client.set_experiment_tag(experiment, "a.b c/d", "v" * 20000)
    assert client.get_experiment(experiment).tags["a.b c/d"] == "v" * 20000


@proves("POST experiments/set-experiment-tag")
def test_a_tag_too_long_is_refused(experiment: str) -> None:
    body = {"experiment_id": experiment, "key": "k", "value": "v" * 20001}
    assert error_of(ask("POST", "experiments/set-experiment-tag", body)) == (400, "INVALID_PARAMETER_VALUE")


@proves("POST experiments/set-experiment-tag")
def test_no_tag_on_a_deleted_experiment(client: MlflowClient) -> None:
    made = client.create_experiment(unique("gone"))
    client.delete_experiment(made)
    body = {"experiment_id": made, "key": "k", "value": "v"}
    assert ask("POST", "experiments/set-experiment-tag", body).status == 400


@proves("POST experiments/delete-experiment-tag")
def test_a_tag_is_deleted_and_then_missing(client: MlflowClient, experiment: str) -> None:
    client.set_experiment_tag(experiment, "going", "1")
    body = {"experiment_id": experiment, "key": "going"}
    assert ask("POST", "experiments/delete-experiment-tag", body).status == 200
    assert "going" not in client.get_experiment(experiment).tags
    assert error_of(ask("POST", "experiments/delete-experiment-tag", body)) == (404, "RESOURCE_DOES_NOT_EXIST")
