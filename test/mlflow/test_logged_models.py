"""Logged models of MLflow 3: made, finished, tagged, measured, searched, deleted."""

import re

import pytest
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

from proof import ask, error_of, proves, refused, since, unique

pytestmark = since("3.0")
NOBODY = "m-" + "0" * 32


@pytest.fixture(scope="module")
def family(client: MlflowClient) -> dict[str, str]:
    """Ids of four models by letter, in an experiment of their own, which is under `home`."""
    home = client.create_experiment(unique("models"))
    source = client.create_run(home).info.run_id
    ids = {"home": home, "run": source}
    for number, letter in enumerate("abcd"):
        kind = {"kind": "tree" if letter in "ab" else "line"}
        made = client.create_logged_model(
            home,
            name=f"model-{letter}",
            params=kind,
            tags={"rank": str(number)},
            model_type="classifier",
            source_run_id=source,
        )
        if letter != "d":
            client.finalize_logged_model(made.model_id, "READY")
            client.log_metric(source, "acc", number / 10, model_id=made.model_id, timestamp=1)
        ids[letter] = made.model_id
    client.log_metric(source, "acc", 0.9, model_id=ids["a"], dataset_name="wine", dataset_digest="d1", timestamp=2)
    return ids


def letters(client: MlflowClient, family: dict[str, str], filter_string: str = "", **search: object) -> str:
    """Which of the family are found, in order."""
    found = client.search_logged_models([family["home"]], filter_string or None, **search)
    return "".join(one.name[-1] for one in found)


@proves("POST logged-models", "GET logged-models/{id}")
def test_a_model_comes_back_as_it_was_made(client: MlflowClient, experiment: str, run: str) -> None:
    name = unique("lm")
    made = client.create_logged_model(
        experiment, name=name, source_run_id=run, tags={"t": "1"}, params={"p": "2"}, model_type="cls"
    )
    seen = client.get_logged_model(made.model_id)
    assert re.fullmatch("m-[0-9a-f]{32}", seen.model_id)
    assert (seen.name, seen.experiment_id, seen.source_run_id, seen.model_type) == (name, experiment, run, "cls")
    assert (str(seen.status), seen.params) == ("PENDING", {"p": "2"})
    assert seen.tags["t"] == "1"
    assert seen.artifact_location == f"mlflow-artifacts:/{experiment}/models/{seen.model_id}/artifacts"
    assert seen.creation_timestamp == made.creation_timestamp > 1_600_000_000_000


@proves("POST logged-models")
def test_a_name_is_made_up(client: MlflowClient, experiment: str) -> None:
    assert client.create_logged_model(experiment).name


@proves("POST logged-models")
@pytest.mark.parametrize("name", ["a/b", "a:b", "a%b", "a.b", 'a"b', "a'b"])
def test_a_bad_name_is_refused(experiment: str, name: str) -> None:
    answer = ask("POST", "logged-models", {"experiment_id": experiment, "name": name})
    assert error_of(answer) == (400, "INVALID_PARAMETER_VALUE")


@proves("POST logged-models")
def test_no_model_in_an_unknown_experiment() -> None:
    answer = ask("POST", "logged-models", {"experiment_id": "987654321", "name": "m"})
    assert error_of(answer) == (404, "RESOURCE_DOES_NOT_EXIST")


@proves("PATCH logged-models/{id}")
@pytest.mark.parametrize("status", ["READY", "FAILED"])
def test_a_model_is_finished(client: MlflowClient, experiment: str, status: str) -> None:
    made = client.create_logged_model(experiment)
    assert str(client.finalize_logged_model(made.model_id, status).status) == status
    seen = client.get_logged_model(made.model_id)
    assert str(seen.status) == status
    assert seen.last_updated_timestamp >= made.last_updated_timestamp


@proves("PATCH logged-models/{id}/tags", "DELETE logged-models/{id}/tags/{key}", "GET logged-models/{id}")
@pytest.mark.parametrize("key", ["plain", "a.b", "a b"])
def test_tags(client: MlflowClient, experiment: str, key: str) -> None:
    made = client.create_logged_model(experiment, tags={"kept": "1"}).model_id
    client.set_logged_model_tags(made, {key: "x", "other": "y"})
    client.set_logged_model_tags(made, {key: "z"})
    seen = client.get_logged_model(made).tags
    assert (seen["kept"], seen[key], seen["other"]) == ("1", "z", "y")
    client.delete_logged_model_tag(made, key)
    assert key not in client.get_logged_model(made).tags


@proves("DELETE logged-models/{id}/tags/{key}")
def test_a_missing_tag_is_404(client: MlflowClient, experiment: str) -> None:
    made = client.create_logged_model(experiment).model_id
    answer = ask("DELETE", f"logged-models/{made}/tags/nothing")
    assert error_of(answer) == (404, "RESOURCE_DOES_NOT_EXIST")


@proves("POST logged-models/{id}/params", "GET logged-models/{id}")
def test_params_are_added(client: MlflowClient, experiment: str) -> None:
    made = client.create_logged_model(experiment, params={"a": "1"}).model_id
    client.log_model_params(made, {"b": "2", "c": "x" * 500})
    assert client.get_logged_model(made).params == {"a": "1", "b": "2", "c": "x" * 500}


@proves("GET logged-models/{id}", "PATCH logged-models/{id}", "DELETE logged-models/{id}")
def test_an_unknown_one_is_404() -> None:
    answers = [
        ask("GET", f"logged-models/{NOBODY}"),
        ask("PATCH", f"logged-models/{NOBODY}", {"model_id": NOBODY, "status": "LOGGED_MODEL_READY"}),
        ask("DELETE", f"logged-models/{NOBODY}"),
    ]
    assert [error_of(one) for one in answers] == [(404, "RESOURCE_DOES_NOT_EXIST")] * 3


@proves("PATCH logged-models/{id}/tags", "POST logged-models/{id}/params")
def test_nothing_is_added_to_an_unknown_one() -> None:
    answers = [
        ask("PATCH", f"logged-models/{NOBODY}/tags", {"model_id": NOBODY, "tags": [{"key": "k", "value": "v"}]}),
        ask("POST", f"logged-models/{NOBODY}/params", {"model_id": NOBODY, "params": [{"key": "k", "value": "v"}]}),
    ]
    assert [error_of(one) for one in answers] == [(404, "RESOURCE_DOES_NOT_EXIST")] * 2


@proves("DELETE logged-models/{id}", "POST logged-models/search")
def test_a_deleted_one_is_gone(client: MlflowClient) -> None:
    home = client.create_experiment(unique("gone"))
    kept, gone = [client.create_logged_model(home).model_id for _ in range(2)]
    client.delete_logged_model(gone)
    with pytest.raises(MlflowException, match=gone):
        client.get_logged_model(gone)
    assert [one.model_id for one in client.search_logged_models([home])] == [kept]


@proves("GET logged-models/{id}")
def test_its_metrics(client: MlflowClient, family: dict[str, str]) -> None:
    seen = client.get_logged_model(family["a"]).metrics
    assert sorted((one.value, one.dataset_name) for one in seen if one.dataset_name) == [(0.9, "wine")]
    assert [(one.value, one.run_id) for one in seen if not one.dataset_name] == [(0.0, family["run"])]


@proves("POST logged-models/search")
def test_the_newest_comes_first(client: MlflowClient, family: dict[str, str]) -> None:
    assert letters(client, family) == "dcba"


@proves("POST logged-models/search")
@pytest.mark.parametrize(
    ("filter_string", "expected"),
    [
        ("name = 'model-a'", "a"),
        ("name != 'model-a'", "dcb"),
        ("name LIKE 'model-%'", "dcba"),
        ("name ILIKE 'MODEL-B'", "b"),
        ("name IN ('model-a', 'model-c')", "ca"),
        ("name NOT IN ('model-a', 'model-c')", "db"),
        ("attributes.name = 'model-d'", "d"),
        ("model_type = 'classifier'", "dcba"),
        ("creation_timestamp > 1000", "dcba"),
        ("creation_time < 1000", ""),
        ("last_updated_timestamp >= 1000", "dcba"),
        ("params.kind = 'tree'", "ba"),
        ("params.kind != 'tree'", "dc"),
        ("tags.rank = '2'", "c"),
        ("tags.rank IN ('2', '3')", "dc"),
        ("metrics.acc > 0.05", "cba"),
        ("metrics.acc >= 0.2", "ca"),
        ("params.kind = 'tree' AND tags.rank = '1'", "b"),
    ],
)
def test_filter(client: MlflowClient, family: dict[str, str], filter_string: str, expected: str) -> None:
    assert letters(client, family, filter_string) == expected


@proves("POST logged-models/search")
def test_by_source_run_and_id(client: MlflowClient, family: dict[str, str]) -> None:
    assert letters(client, family, f"source_run_id = '{family['run']}'") == "dcba"
    assert letters(client, family, f"model_id = '{family['c']}'") == "c"


@proves("POST logged-models/search")
@pytest.mark.parametrize(
    ("field", "ascending", "expected"),
    [
        ("name", True, "abcd"),
        ("name", False, "dcba"),
        ("creation_timestamp", True, "abcd"),
        ("creation_time", False, "dcba"),
        ("metrics.acc", True, "bcad"),
        ("metrics.acc", False, "acbd"),
    ],
)
def test_order(client: MlflowClient, family: dict[str, str], field: str, ascending: bool, expected: str) -> None:
    assert letters(client, family, order_by=[{"field_name": field, "ascending": ascending}]) == expected


@proves("POST logged-models/search")
def test_by_the_metric_on_a_data_set(client: MlflowClient, family: dict[str, str]) -> None:
    wine = {"dataset_name": "wine", "dataset_digest": "d1"}
    assert letters(client, family, "metrics.acc > 0", datasets=[wine]) == "a"
    assert letters(client, family, "metrics.acc > 0.95", datasets=[wine]) == ""
    assert letters(client, family, order_by=[{"field_name": "metrics.acc", "ascending": True} | wine])[0] == "a"


@proves("POST logged-models/search")
@pytest.mark.parametrize("size", [1, 3, 4])
def test_pages(client: MlflowClient, family: dict[str, str], size: int) -> None:
    seen, token = "", None
    while True:
        page = client.search_logged_models([family["home"]], max_results=size, page_token=token)
        seen += "".join(one.name[-1] for one in page)
        token = page.token
        if not token:
            break
    assert seen == "dcba"


@proves("POST logged-models/search")
@pytest.mark.parametrize(
    "change",
    [
        {"filter": "name > 'a'"},
        {"order_by": [{"field_name": "shoe"}]},
        {"page_token": "?!"},
    ],
)
def test_a_bad_search_is_refused(family: dict[str, str], change: dict) -> None:
    answer = ask("POST", "logged-models/search", {"experiment_ids": [family["home"]]} | change)
    assert error_of(answer) == (400, "INVALID_PARAMETER_VALUE")


@proves("POST logged-models/search")
def test_an_unknown_attribute_is_refused(family: dict[str, str]) -> None:
    answer = ask("POST", "logged-models/search", {"experiment_ids": [family["home"]], "filter": "shoe = 'a'"})
    assert refused(answer) == "INVALID_PARAMETER_VALUE"
