"""search_registered_models and search_model_versions."""

from urllib.parse import quote

import pytest
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

from proof import ask, error_of, proves, unique

SOURCE = "s3://somewhere/models"


@pytest.fixture(scope="module")
def family() -> str:
    """Prefix of five models, `-a` to `-e`; the last one is a prompt."""
    prefix = unique("family")
    for rank, letter in enumerate("cabed"):
        tags = {"rank": str(rank)} | ({"owner": "Ann"} if letter in "ab" else {})
        prompt = {"mlflow.prompt.is_prompt": "true"} if letter == "e" else {}
        listed = [{"key": key, "value": value} for key, value in (tags | prompt).items()]
        # By hand: the client refuses to make a prompt in this way.
        assert ask("POST", "registered-models/create", {"name": f"{prefix}-{letter}", "tags": listed}).status == 200
    return prefix


@pytest.fixture(scope="module")
def versions(client: MlflowClient, experiment: str) -> dict[str, str]:
    """A model with four versions, of the runs `one` (1, 2) and `two` (3); version 4 is of no run."""
    name = unique("versions")
    client.create_registered_model(name)
    runs = {number: client.create_run(experiment).info.run_id for number in ("one", "two")}
    for number, source_run in enumerate([runs["one"], runs["one"], runs["two"], None], start=1):
        tags = {"fold": str(number)} | ({"good": "Yes"} if number > 2 else {})
        client.create_model_version(name, f"{SOURCE}/{number}", run_id=source_run, tags=tags)
    return {"name": name} | runs


def letters(client: MlflowClient, family: str, also: str = "", **search: object) -> str:
    """Last letters of the models found."""
    found = client.search_registered_models(f"name LIKE '{family}-%'{also}", **search)
    return "".join(one.name[-1] for one in found)


def numbers(client: MlflowClient, versions: dict[str, str], also: str = "", **search: object) -> str:
    """Numbers of the versions found."""
    found = client.search_model_versions(f"name = '{versions['name']}'{also}", **search)
    return "".join(str(one.version) for one in found)


@proves("GET registered-models/search")
def test_by_name_and_without_prompts(client: MlflowClient, family: str) -> None:
    assert letters(client, family) == "abcd"


@proves("GET registered-models/search")
@pytest.mark.parametrize(
    ("also", "expected"),
    [
        (" AND tags.rank = '1'", "a"),
        (" AND tags.owner = 'Ann'", "ab"),
        (" AND tag.owner ILIKE 'ann'", "ab"),
        (" AND tags.owner LIKE 'ann'", ""),
        (" AND tags.owner != 'Bob'", "ab"),
        (" AND tags.`owner` = 'Ann' AND tags.rank = '2'", "b"),
        (" AND name ILIKE '%-C'", "c"),
        (" AND name != 'nobody'", "abcd"),
    ],
)
def test_filter_of_models(client: MlflowClient, family: str, also: str, expected: str) -> None:
    assert letters(client, family, also) == expected


@proves("GET registered-models/search")
@pytest.mark.parametrize("field", ["mlflow.prompt.is_prompt", "never.set"])
def test_not_equal_finds_models_without_the_prompt_tag(family: str, field: str) -> None:
    wanted = f"name LIKE '{family}-%' AND tag.`{field}` != 'true'"
    answer = ask("GET", f"registered-models/search?max_results=10&filter={quoted(wanted)}")
    seen = "".join(one["name"][-1] for one in answer.body.get("registered_models", []))
    assert seen == ("abcd" if field.startswith("mlflow") else "")


@proves("GET registered-models/search")
@pytest.mark.parametrize(
    ("order", "expected"),
    [(["name"], "abcd"), (["name DESC"], "dcba"), (["name ASC", "last_updated_timestamp DESC"], "abcd")],
)
def test_order_of_models(client: MlflowClient, family: str, order: list[str], expected: str) -> None:
    assert letters(client, family, order_by=order) == expected


@proves("GET registered-models/search", "POST registered-models/set-tag")
def test_the_last_changed_model_comes_first(client: MlflowClient, family: str) -> None:
    client.update_registered_model(f"{family}-b", "changed")
    client.set_registered_model_tag(f"{family}-b", "late", "1")
    assert letters(client, family, order_by=["last_updated_timestamp DESC"])[0] == "b"
    assert letters(client, family, order_by=["timestamp DESC"])[0] == "b"


@proves("GET registered-models/search")
@pytest.mark.parametrize("size", [1, 2, 4])
def test_pages_of_models(client: MlflowClient, family: str, size: int) -> None:
    seen, token = "", None
    while True:
        page = client.search_registered_models(f"name LIKE '{family}-%'", max_results=size, page_token=token)
        seen += "".join(one.name[-1] for one in page)
        token = page.token
        if not token:
            break
    assert seen == "abcd"


def quoted(text: str) -> str:
    """As it stands in a query."""
    return quote(text, safe="")


@proves("GET registered-models/search")
@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("max_results=1001", "1001"),
        ("max_results=many", None),
        ("page_token=%3F%21", None),
        (f"filter={quoted('name = x')}", "x"),
        (f"filter={quoted('shoe = ' + chr(39) + 'x' + chr(39))}", "shoe"),
        (f"filter={quoted('name > ' + chr(39) + 'x' + chr(39))}", ">"),
        ("order_by=shoe", "shoe"),
    ],
)
def test_a_bad_search_of_models_is_refused(query: str, shown: str | None) -> None:
    answer = ask("GET", f"registered-models/search?{query}")
    assert error_of(answer) == (400, "INVALID_PARAMETER_VALUE")
    assert shown is None or shown in answer.body["message"]


@proves("GET registered-models/search", "GET registered-models/get")
def test_found_models_are_whole(client: MlflowClient, versions: dict[str, str]) -> None:
    [found] = client.search_registered_models(f"name = '{versions['name']}'")
    known = client.get_registered_model(versions["name"])
    assert [str(one.version) for one in found.latest_versions] == ["4"]
    assert (found.name, found.tags, found.creation_timestamp) == (known.name, known.tags, known.creation_timestamp)


@proves("GET model-versions/search")
def test_the_newest_version_comes_first(client: MlflowClient, versions: dict[str, str]) -> None:
    assert numbers(client, versions) == "4321"


@proves("GET model-versions/search")
@pytest.mark.parametrize(
    ("also", "expected"),
    [
        (" AND version_number = 2", "2"),
        (" AND version_number > 2", "43"),
        (" AND version_number <= 2", "21"),
        (" AND version_number != 2", "431"),
        (f" AND source_path = '{SOURCE}/3'", "3"),
        (f" AND source_path LIKE '{SOURCE}/%'", "4321"),
        (" AND tags.fold = '2'", "2"),
        (" AND tags.good = 'Yes'", "43"),
        (" AND tags.good ILIKE 'YES'", "43"),
        (" AND tag.`fold` != '4'", "321"),
        (" AND name LIKE 'versions-%'", "4321"),
    ],
)
def test_filter_of_versions(client: MlflowClient, versions: dict[str, str], also: str, expected: str) -> None:
    assert numbers(client, versions, also) == expected


@proves("GET model-versions/search")
def test_versions_of_a_run(client: MlflowClient, versions: dict[str, str]) -> None:
    one, two = versions["one"], versions["two"]
    assert numbers(client, versions, f" AND run_id = '{two}'") == "3"
    assert numbers(client, versions, f" AND run_id IN ('{one}', '{two}')") == "321"
    assert [str(one.version) for one in client.search_model_versions(f"run_id = '{one}'")] == ["2", "1"]


@proves("GET model-versions/search")
@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (["version_number"], "1234"),
        (["version_number DESC"], "4321"),
        (["name ASC", "version_number ASC"], "1234"),
        (["creation_timestamp ASC", "version_number ASC"], "1234"),
        (["last_updated_timestamp DESC", "version_number DESC"], "4321"),
    ],
)
def test_order_of_versions(client: MlflowClient, versions: dict[str, str], order: list[str], expected: str) -> None:
    assert numbers(client, versions, order_by=order) == expected


@proves("GET model-versions/search")
@pytest.mark.parametrize("size", [1, 3, 4])
def test_pages_of_versions(client: MlflowClient, versions: dict[str, str], size: int) -> None:
    seen, token = "", None
    while True:
        page = client.search_model_versions(f"name = '{versions['name']}'", max_results=size, page_token=token)
        seen += "".join(str(one.version) for one in page)
        token = page.token
        if not token:
            break
    assert seen == "4321"


@proves("GET model-versions/search")
@pytest.mark.parametrize(
    "query",
    [
        "max_results=0",
        "max_results=200001",
        "page_token=%3F%21",
        f"filter={quoted('name = x')}",
        f"filter={quoted('shoe = ' + chr(39) + 'x' + chr(39))}",
        f"filter={quoted('version_number = ' + chr(39) + 'one' + chr(39))}",
        "order_by=shoe",
    ],
)
def test_a_bad_search_of_versions_is_refused(query: str) -> None:
    assert error_of(ask("GET", f"model-versions/search?{query}")) == (400, "INVALID_PARAMETER_VALUE")


@proves("GET model-versions/search")
def test_a_bad_filter_raises_in_the_client(client: MlflowClient) -> None:
    with pytest.raises(MlflowException, match="shoe"):
        client.search_model_versions("shoe = 'x'")
