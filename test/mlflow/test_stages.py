"""Stages and aliases of model versions."""

import pytest
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

from proof import ask, error_of, proves, refused

SOURCE = "s3://somewhere/models/a"


@pytest.fixture
def three(client: MlflowClient, model: str) -> str:
    """A model with the versions 1, 2 and 3."""
    for _ in range(3):
        client.create_model_version(model, SOURCE)
    return model


def stages(client: MlflowClient, model: str) -> dict[str, str]:
    """Every version's stage."""
    return {str(one.version): one.current_stage for one in client.search_model_versions(f"name = '{model}'")}


@proves("POST model-versions/transition-stage", "GET model-versions/search")
def test_a_version_goes_through_the_stages(client: MlflowClient, three: str) -> None:
    for stage in ("Staging", "Production", "Archived", "None"):
        assert client.transition_model_version_stage(three, "1", stage).current_stage == stage
        assert stages(client, three)["1"] == stage


@proves("POST model-versions/transition-stage", "GET model-versions/search")
def test_others_stay_where_they_are(client: MlflowClient, three: str) -> None:
    for number in "12":
        client.transition_model_version_stage(three, number, "Production")
    assert stages(client, three) == {"1": "Production", "2": "Production", "3": "None"}


@proves("POST model-versions/transition-stage", "GET model-versions/search")
def test_others_are_archived_when_asked(client: MlflowClient, three: str) -> None:
    for number in "123":
        client.transition_model_version_stage(three, number, "Production", archive_existing_versions=True)
    assert stages(client, three) == {"1": "Archived", "2": "Archived", "3": "Production"}


@proves("POST model-versions/transition-stage")
@pytest.mark.parametrize("written", ["production", "PRODUCTION", "pRoDuCtIoN"])
def test_a_stage_in_any_case(client: MlflowClient, three: str, written: str) -> None:
    body = {"name": three, "version": "1", "stage": written, "archive_existing_versions": False}
    answer = ask("POST", "model-versions/transition-stage", body)
    assert answer.body["model_version"]["current_stage"] == "Production"


@proves("POST model-versions/transition-stage")
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"stage": "Moon"}, (400, "INVALID_PARAMETER_VALUE")),
        ({"stage": ""}, (400, "INVALID_PARAMETER_VALUE")),
        ({"version": "9"}, (404, "RESOURCE_DOES_NOT_EXIST")),
    ],
)
def test_a_bad_transition_is_refused(three: str, change: dict, expected: tuple) -> None:
    body = {"name": three, "version": "1", "stage": "Staging", "archive_existing_versions": False} | change
    assert error_of(ask("POST", "model-versions/transition-stage", body)) == expected


@proves("POST model-versions/transition-stage")
@pytest.mark.parametrize("stage", ["None", "Archived"])
def test_only_an_active_stage_archives_others(three: str, stage: str) -> None:
    body = {"name": three, "version": "1", "stage": stage, "archive_existing_versions": True}
    assert refused(ask("POST", "model-versions/transition-stage", body)) == "INVALID_PARAMETER_VALUE"


@proves("POST model-versions/transition-stage", "GET registered-models/get")
def test_the_latest_of_each_stage(client: MlflowClient, three: str) -> None:
    for number in "12":
        client.transition_model_version_stage(three, number, "Staging")
    latest = client.get_registered_model(three).latest_versions
    assert {one.current_stage: str(one.version) for one in latest} == {"Staging": "2", "None": "3"}


@proves("POST registered-models/get-latest-versions")
@pytest.mark.parametrize(
    ("wanted", "expected"),
    [(None, {"2", "3"}), (["Production"], {"2"}), (["production", "NONE"], {"2", "3"}), (["Archived"], set())],
)
def test_latest_versions(client: MlflowClient, three: str, wanted: list | None, expected: set) -> None:
    client.transition_model_version_stage(three, "2", "Production")
    body = {"name": three} | ({"stages": wanted} if wanted else {})
    answer = ask("POST", "registered-models/get-latest-versions", body)
    assert {one["version"] for one in answer.body.get("model_versions", [])} == expected
    assert {str(one.version) for one in client.get_latest_versions(three, wanted)} == expected


@proves("GET registered-models/get-latest-versions")
def test_latest_versions_by_get(client: MlflowClient, three: str) -> None:
    client.transition_model_version_stage(three, "1", "Production")
    query = f"name={three}&stages=Production&stages=None"
    answer = ask("GET", f"registered-models/get-latest-versions?{query}")
    assert {one["version"] for one in answer.body["model_versions"]} == {"1", "3"}


@proves("POST registered-models/get-latest-versions")
def test_latest_versions_of_nobody() -> None:
    answer = ask("POST", "registered-models/get-latest-versions", {"name": "nobody"})
    assert error_of(answer) == (404, "RESOURCE_DOES_NOT_EXIST")


@proves("POST registered-models/get-latest-versions")
def test_latest_versions_of_an_unknown_stage(model: str) -> None:
    answer = ask("POST", "registered-models/get-latest-versions", {"name": model, "stages": ["Moon"]})
    assert error_of(answer) == (400, "INVALID_PARAMETER_VALUE")


@proves("POST registered-models/alias", "GET registered-models/alias", "DELETE registered-models/alias")
@pytest.mark.parametrize("alias", ["champion", "Ünïcode", "with-dash_1", "a" * 255])
def test_an_alias_is_set_moved_and_deleted(client: MlflowClient, three: str, alias: str) -> None:
    for number in "12":
        client.set_registered_model_alias(three, alias, number)
        assert str(client.get_model_version_by_alias(three, alias).version) == number
    assert client.get_registered_model(three).aliases == {alias: "2"}
    assert client.get_model_version(three, "2").aliases == [alias]
    assert client.get_model_version(three, "1").aliases == []
    for _ in range(2):  # an absent one is fine
        client.delete_registered_model_alias(three, alias)
    assert client.get_registered_model(three).aliases == {}


@proves("POST registered-models/alias", "GET model-versions/get")
def test_several_aliases_of_one_version(client: MlflowClient, three: str) -> None:
    for alias in ("b", "a"):
        client.set_registered_model_alias(three, alias, "3")
    assert sorted(client.get_model_version(three, "3").aliases) == ["a", "b"]


@proves("POST registered-models/alias")
@pytest.mark.parametrize("alias", ["latest", "LATEST", "v1", "V12", "a b", "a/b", "a@b", "a.b", "", "a" * 256])
def test_a_bad_alias_is_refused(three: str, alias: str) -> None:
    answer = ask("POST", "registered-models/alias", {"name": three, "alias": alias, "version": "1"})
    assert error_of(answer) == (400, "INVALID_PARAMETER_VALUE")


@proves("POST registered-models/alias")
@pytest.mark.parametrize("change", [{"version": "9"}, {"name": "nobody"}])
def test_no_alias_for_what_is_not_there(three: str, change: dict) -> None:
    answer = ask("POST", "registered-models/alias", {"name": three, "alias": "a", "version": "1"} | change)
    assert error_of(answer) == (404, "RESOURCE_DOES_NOT_EXIST")


@proves("GET registered-models/alias")
def test_an_unknown_alias_is_400(model: str) -> None:
    answer = ask("GET", f"registered-models/alias?name={model}&alias=nobody")
    assert error_of(answer) == (400, "INVALID_PARAMETER_VALUE")


@proves("GET registered-models/alias")
def test_an_alias_of_an_unknown_model_is_404() -> None:
    answer = ask("GET", "registered-models/alias?name=nobody&alias=champion")
    assert answer.status in (400, 404)


@proves("POST model-versions/transition-stage")
def test_the_client_raises(client: MlflowClient, three: str) -> None:
    with pytest.raises(MlflowException, match=r"(?i)stage"):
        client.transition_model_version_stage(three, "1", "Moon")
