"""Registered models and their versions."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

from proof import ask, error_of, proves, unique

SOURCE = "s3://somewhere/models/a"


def version(client: MlflowClient, model: str, **fields: object) -> str:
    """Number of a new version."""
    return client.create_model_version(model, source=SOURCE, **fields).version


@proves("POST registered-models/create", "GET registered-models/get")
def test_a_model_comes_back_as_it_was_made(client: MlflowClient) -> None:
    name = unique("made")
    client.create_registered_model(name, tags={"team": "ü ✓"}, description="what it is for")
    seen = client.get_registered_model(name)
    assert (seen.name, seen.description, seen.tags) == (name, "what it is for", {"team": "ü ✓"})
    assert seen.creation_timestamp == seen.last_updated_timestamp > 1_600_000_000_000
    assert (seen.latest_versions, seen.aliases) == ([], {})


@proves("POST registered-models/create", "GET registered-models/get")
@pytest.mark.parametrize("name", ["with blanks", "a.b", "a%20b+c", "ü 日本", "a?b#c&d=e", "'quoted' \"twice\""])
def test_nasty_names(client: MlflowClient, name: str) -> None:
    wanted = f"{unique('n')} {name}"
    client.create_registered_model(wanted)
    assert client.get_registered_model(wanted).name == wanted


@proves("POST registered-models/create")
@pytest.mark.parametrize("name", ["", "a/b", "a:b", None])
def test_a_bad_name_is_refused(name: str | None) -> None:
    answer = ask("POST", "registered-models/create", {"name": name})
    assert error_of(answer) == (400, "INVALID_PARAMETER_VALUE")


@proves("POST registered-models/create")
def test_a_name_is_taken(model: str) -> None:
    answer = ask("POST", "registered-models/create", {"name": model})
    assert error_of(answer) == (400, "RESOURCE_ALREADY_EXISTS")


@proves("GET registered-models/get")
def test_an_unknown_one_is_404() -> None:
    assert error_of(ask("GET", "registered-models/get?name=nobody")) == (404, "RESOURCE_DOES_NOT_EXIST")


@proves("PATCH registered-models/update", "GET registered-models/get")
def test_a_description(client: MlflowClient, model: str) -> None:
    before = client.get_registered_model(model)
    client.update_registered_model(model, "ünusual\nlines")
    seen = client.get_registered_model(model)
    assert seen.description == "ünusual\nlines"
    assert seen.last_updated_timestamp >= before.last_updated_timestamp


@proves("POST registered-models/rename", "GET registered-models/get", "GET model-versions/search")
def test_a_rename_takes_everything_along(client: MlflowClient, model: str) -> None:
    number = version(client, model, tags={"t": "1"})
    client.set_registered_model_alias(model, "champion", number)
    name = unique("renamed")
    client.rename_registered_model(model, name)
    assert client.get_registered_model(name).aliases == {"champion": number}
    assert [(one.name, one.tags) for one in client.search_model_versions(f"name = '{name}'")] == [(name, {"t": "1"})]
    with pytest.raises(MlflowException, match=model):
        client.get_registered_model(model)


@proves("POST registered-models/rename")
def test_a_rename_to_a_taken_name_is_refused(client: MlflowClient, model: str) -> None:
    taken = client.create_registered_model(unique("taken")).name
    answer = ask("POST", "registered-models/rename", {"name": model, "new_name": taken})
    assert error_of(answer) == (400, "RESOURCE_ALREADY_EXISTS")


@proves("DELETE registered-models/delete")
def test_a_deleted_one_is_gone_with_its_versions(client: MlflowClient, model: str) -> None:
    version(client, model)
    client.delete_registered_model(model)
    assert client.search_registered_models(f"name = '{model}'") == []
    assert list(client.search_model_versions(f"name = '{model}'")) == []


@proves("DELETE registered-models/delete")
def test_an_unknown_one_is_not_deleted() -> None:
    assert error_of(ask("DELETE", "registered-models/delete", {"name": "nobody"})) == (404, "RESOURCE_DOES_NOT_EXIST")


@proves("POST registered-models/set-tag", "DELETE registered-models/delete-tag", "GET registered-models/get")
@pytest.mark.parametrize("key", ["plain", "a.b", "a b/c"])
def test_tags(client: MlflowClient, model: str, key: str) -> None:
    client.set_registered_model_tag(model, key, "1")
    client.set_registered_model_tag(model, key, "2")
    assert client.get_registered_model(model).tags == {key: "2"}
    for _ in range(2):  # an absent one is fine
        client.delete_registered_model_tag(model, key)
    assert client.get_registered_model(model).tags == {}


@proves("POST registered-models/set-tag")
@pytest.mark.parametrize(
    "tag", [{"key": "k" * 251, "value": "v"}, {"key": "k", "value": "v" * 100_001}, {"value": "v"}]
)
def test_a_bad_tag_is_refused(model: str, tag: dict) -> None:
    answer = ask("POST", "registered-models/set-tag", {"name": model} | tag)
    assert error_of(answer) == (400, "INVALID_PARAMETER_VALUE")


@proves("POST registered-models/set-tag", "GET registered-models/get")
def test_a_tag_of_100000_letters(client: MlflowClient, model: str) -> None:
    client.set_registered_model_tag(model, "large", "v" * 100_000)
    assert client.get_registered_model(model).tags == {"large": "v" * 100_000}


@proves("POST model-versions/create", "GET model-versions/get")
def test_a_version_comes_back_as_it_was_made(client: MlflowClient, model: str, run: str) -> None:
    made = client.create_model_version(
        model, SOURCE, run_id=run, tags={"t": "1"}, run_link="http://x/y", description="d"
    )
    seen = client.get_model_version(model, made.version)
    assert (seen.name, str(seen.version), seen.source, seen.run_id) == (model, "1", SOURCE, run)
    assert (seen.status, seen.current_stage, seen.tags, seen.description) == ("READY", "None", {"t": "1"}, "d")
    assert seen.run_link == "http://x/y"
    assert seen.creation_timestamp > 1_600_000_000_000


@proves("POST model-versions/create")
def test_the_number_is_text(model: str) -> None:
    answer = ask("POST", "model-versions/create", {"name": model, "source": SOURCE})
    assert answer.body["model_version"]["version"] == "1"


@proves("POST model-versions/create", "DELETE model-versions/delete")
def test_a_number_is_never_used_again(client: MlflowClient, model: str) -> None:
    assert [version(client, model) for _ in range(2)] == ["1", "2"]
    client.delete_model_version(model, "1")
    assert version(client, model) == "3"


@proves("POST model-versions/create")
def test_ten_at_once_get_ten_numbers(client: MlflowClient, model: str) -> None:
    with ThreadPoolExecutor(10) as pool:
        numbers = list(pool.map(lambda _: int(version(client, model)), range(20)))
    assert sorted(numbers) == list(range(1, 21))


@proves("POST model-versions/create")
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"name": "nobody"}, (404, "RESOURCE_DOES_NOT_EXIST")),
        ({"source": "/etc/passwd"}, (400, "INVALID_PARAMETER_VALUE")),
        ({"source": "file:///etc/passwd"}, (400, "INVALID_PARAMETER_VALUE")),
        ({"source": "mlflow-artifacts:/../../etc"}, (400, "INVALID_PARAMETER_VALUE")),
        ({"name": None}, (400, "INVALID_PARAMETER_VALUE")),
    ],
)
def test_a_bad_version_is_refused(model: str, change: dict, expected: tuple) -> None:
    answer = ask("POST", "model-versions/create", {"name": model, "source": SOURCE} | change)
    assert error_of(answer) == expected


@proves("GET model-versions/get")
@pytest.mark.parametrize("number", ["1", "99"])
def test_an_unknown_version_is_404(model: str, number: str) -> None:
    answer = ask("GET", f"model-versions/get?name={model}&version={number}")
    assert error_of(answer) == (404, "RESOURCE_DOES_NOT_EXIST")


@proves("GET model-versions/get")
def test_a_version_that_is_no_number_is_refused(model: str) -> None:
    answer = ask("GET", f"model-versions/get?name={model}&version=first")
    assert error_of(answer) == (400, "INVALID_PARAMETER_VALUE")


@proves("PATCH model-versions/update", "GET model-versions/get")
def test_a_version_is_described(client: MlflowClient, model: str) -> None:
    version(client, model)
    client.update_model_version(model, "1", "better")
    assert client.get_model_version(model, "1").description == "better"


@proves("DELETE model-versions/delete", "GET registered-models/get")
def test_a_version_is_deleted(client: MlflowClient, model: str) -> None:
    for _ in range(2):
        version(client, model)
    client.set_registered_model_alias(model, "going", "2")
    client.delete_model_version(model, "2")
    with pytest.raises(MlflowException):
        client.get_model_version(model, "2")
    seen = client.get_registered_model(model)
    assert (seen.aliases, [str(one.version) for one in seen.latest_versions]) == ({}, ["1"])


@proves("DELETE model-versions/delete")
def test_an_unknown_version_is_not_deleted(model: str) -> None:
    answer = ask("DELETE", "model-versions/delete", {"name": model, "version": "7"})
    assert error_of(answer) == (404, "RESOURCE_DOES_NOT_EXIST")


@proves("POST model-versions/set-tag", "DELETE model-versions/delete-tag", "GET model-versions/get")
@pytest.mark.parametrize("key", ["plain", "a.b", "a b/c"])
def test_tags_of_a_version(client: MlflowClient, model: str, key: str) -> None:
    version(client, model)
    client.set_model_version_tag(model, "1", key, "1")
    client.set_model_version_tag(model, "1", key, "v" * 100_000)
    assert client.get_model_version(model, "1").tags == {key: "v" * 100_000}
    for _ in range(2):
        client.delete_model_version_tag(model, "1", key)
    assert client.get_model_version(model, "1").tags == {}


@proves("POST model-versions/set-tag")
def test_no_tag_on_an_unknown_version(model: str) -> None:
    answer = ask("POST", "model-versions/set-tag", {"name": model, "version": "9", "key": "k", "value": "v"})
    assert error_of(answer) == (404, "RESOURCE_DOES_NOT_EXIST")


@proves("GET model-versions/get-download-uri")
def test_where_a_version_lies(client: MlflowClient, model: str) -> None:
    version(client, model)
    assert client.get_model_version_download_uri(model, "1") == SOURCE


@proves("GET model-versions/get-download-uri")
def test_an_unknown_version_lies_nowhere(model: str) -> None:
    answer = ask("GET", f"model-versions/get-download-uri?name={model}&version=1")
    assert error_of(answer) == (404, "RESOURCE_DOES_NOT_EXIST")
