"""Files of a run: up, listed, down again byte by byte, deleted."""

import urllib.parse
from pathlib import Path

import mlflow
import pytest
from mlflow import MlflowClient
from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

from proof import ask, error_of, platform_only, proves
from proof.files import LIST, PUT, download, paths, root_of

NASTY = [
    "plain.txt",
    "with blanks.txt",
    "plus+plus.txt",
    "100%.txt",
    "amp&eq=.txt",
    "üñí日本😀.txt",
    "semi;colon,comma.txt",
    "quote'quote.txt",
    "curly{brace}[1].txt",
    "data.tar.gz",
    ".hidden",
    "noending",
]


# What the client sends of a name that it does not encode.
CUT = {"percent%25.txt": "percent%.txt", "hash#1.txt": "hash", "question?.txt": "question"}


@proves(PUT, LIST)
@pytest.mark.parametrize("name", NASTY)
def test_a_file_with_that_name(client: MlflowClient, run: str, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(f"of {name}\n")
    client.log_artifact(run, str(tmp_path / name))
    [seen] = client.list_artifacts(run)
    assert (seen.path, seen.is_dir, seen.file_size) == (name, False, len(f"of {name}\n".encode()))
    assert download(client, run, name, tmp_path).read_text() == f"of {name}\n"


@proves(PUT, LIST)
@pytest.mark.parametrize("name", CUT)
def test_a_name_that_the_client_cuts(client: MlflowClient, run: str, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(name)
    client.log_artifact(run, str(tmp_path / name))
    assert paths(client, run) == [CUT[name]]


@proves(PUT, LIST, "GET mlflow-artifacts/artifacts/{path}")
@pytest.mark.parametrize("name", ["question?.txt", "a+b.txt", "100%.txt", "amp&eq=.txt", "üñí日本😀.txt"])
def test_an_encoded_name_is_decoded(client: MlflowClient, run: str, name: str) -> None:
    path = f"/api/2.0/mlflow-artifacts/artifacts/{root_of(client, run)}/{urllib.parse.quote(name, safe='')}"
    assert ask("PUT", path, name).status == 200
    assert ask("GET", path).body == name
    assert paths(client, run) == [name]


@platform_only("a bare server decodes twice")
@proves(PUT, LIST)
def test_a_name_is_decoded_only_once(client: MlflowClient, run: str) -> None:
    path = f"/api/2.0/mlflow-artifacts/artifacts/{root_of(client, run)}/percent%2525.txt"
    assert ask("PUT", path, "x").status == 200
    # By hand: the client would decode it once more.
    [seen] = ask("GET", f"/api/2.0/mlflow-artifacts/artifacts?path={root_of(client, run)}").body["files"]
    assert seen["path"] == "percent%25.txt"


@proves(PUT, LIST)
def test_a_whole_folder(client: MlflowClient, run: str, tmp_path: Path) -> None:
    files = {"top.txt": b"1", "a/one.bin": bytes(range(256)), "a/b/two.txt": b"", "a b/ü+/three.txt": "ü".encode()}
    for name, content in files.items():
        (tmp_path / "up" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "up" / name).write_bytes(content)
    client.log_artifacts(run, str(tmp_path / "up"), "all")
    assert sorted(paths(client, run)) == ["all"]
    assert sorted(paths(client, run, "all")) == ["all/a", "all/a b", "all/top.txt"]
    assert sorted(paths(client, run, "all/a")) == ["all/a/b", "all/a/one.bin"]
    down = download(client, run, "all", tmp_path)
    assert {name: (down / name).read_bytes() for name in files} == files


@proves(LIST)
def test_of_an_empty_run_there_is_nothing(client: MlflowClient, run: str) -> None:
    assert (paths(client, run), paths(client, run, "no/such")) == ([], [])


@proves(PUT, LIST)
def test_a_file_lists_as_nothing_but_itself(client: MlflowClient, run: str) -> None:
    client.log_text(run, "x", "folder/file.txt")
    assert paths(client, run, "folder/file.txt") in ([], ["folder/file.txt"])


@proves(PUT)
def test_a_file_is_replaced(client: MlflowClient, run: str, tmp_path: Path) -> None:
    for text in ("first and longer", "second"):
        client.log_text(run, text, "file.txt")
    assert download(client, run, "file.txt", tmp_path).read_text() == "second"


@proves(PUT, LIST)
def test_text_dictionary_and_figure(client: MlflowClient, active: mlflow.ActiveRun) -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure = plt.figure()
    mlflow.log_figure(figure, "plots/figure.png")
    mlflow.log_dict({"ü": [1, 2.5, None]}, "config.json")
    mlflow.log_text("line\n", "notes/note.txt")
    plt.close(figure)
    assert sorted(paths(client, active.info.run_id)) == ["config.json", "notes", "plots"]
    assert mlflow.artifacts.load_dict(f"runs:/{active.info.run_id}/config.json") == {"ü": [1, 2.5, None]}
    assert mlflow.artifacts.load_text(f"runs:/{active.info.run_id}/notes/note.txt") == "line\n"


@proves(PUT)
def test_a_table(client: MlflowClient, run: str) -> None:
    for number in range(2):
        client.log_table(run, {"x": [number], "y": ["a"]}, "table.json")
    assert client.load_table(mlflow.get_run(run).info.experiment_id, "table.json", [run])["x"].tolist() == [0, 1]


@proves("DELETE mlflow-artifacts/artifacts/{path}", LIST)
def test_files_are_deleted(client: MlflowClient, run: str) -> None:
    for name in ("a/1.txt", "a/2.txt", "a b+.txt", "c.txt"):
        client.log_text(run, "x", name)
    repository = get_artifact_repository(client.get_run(run).info.artifact_uri)
    repository.delete_artifacts("a b+.txt")
    assert sorted(paths(client, run)) == ["a", "c.txt"]
    repository.delete_artifacts("a")
    assert paths(client, run) == ["c.txt"]


@proves("GET artifacts/list")
def test_the_list_of_the_ui(client: MlflowClient, run: str) -> None:
    client.log_text(run, "12345", "dir/ü+ file.txt")
    uri = client.get_run(run).info.artifact_uri
    top = ask("GET", f"artifacts/list?run_id={run}").body
    assert (top["root_uri"], top["files"]) == (uri, [{"path": "dir", "is_dir": True}])
    inner = ask("GET", f"artifacts/list?run_uuid={run}&path=dir").body
    assert inner["files"] == [{"path": "dir/ü+ file.txt", "is_dir": False, "file_size": 5}]


@proves("GET artifacts/list")
@pytest.mark.parametrize("path", ["../other", "/etc", "a/../../b", "%2e%2e/x"])
def test_no_list_outside_the_run(run: str, path: str) -> None:
    assert error_of(ask("GET", f"artifacts/list?run_id={run}&path={path}")) == (400, "INVALID_PARAMETER_VALUE")


@proves("GET artifacts/list")
def test_no_list_of_an_unknown_run() -> None:
    answer = ask("GET", f"artifacts/list?run_id={'0' * 32}")
    assert error_of(answer) == (404, "RESOURCE_DOES_NOT_EXIST")


@proves(PUT)
def test_a_put_answers_with_nothing(client: MlflowClient, run: str) -> None:
    path = f"/api/2.0/mlflow-artifacts/artifacts/{root_of(client, run)}/raw.bin"
    answer = ask("PUT", path, b"\x00\x01\xff", {"Content-Type": "application/octet-stream"})
    assert (answer.status, answer.body) in [(200, ""), (200, {})]


@proves(PUT, "GET mlflow-artifacts/artifacts/{path}")
def test_a_plain_get(client: MlflowClient, run: str) -> None:
    client.log_text(run, "text of ü", "folder/ü+ 1.txt")
    name = urllib.parse.quote(f"{root_of(client, run)}/folder/ü+ 1.txt")
    answer = ask("GET", f"/api/2.0/mlflow-artifacts/artifacts/{name}")
    assert (answer.status, answer.body) == (200, "text of ü")


@proves("GET mlflow-artifacts/artifacts/{path}")
def test_a_missing_file_is_404(client: MlflowClient, run: str) -> None:
    answer = ask("GET", f"/api/2.0/mlflow-artifacts/artifacts/{root_of(client, run)}/nothing.txt")
    assert answer.status == 404


@proves(LIST)
@pytest.mark.parametrize("path", ["..", "../..", "a/../../..", "/etc", "%2E%2E%2Fetc"])
def test_no_way_out_of_the_artifacts(path: str) -> None:
    answer = ask("GET", f"/api/2.0/mlflow-artifacts/artifacts?path={path}")
    assert error_of(answer) == (400, "INVALID_PARAMETER_VALUE")


@proves("GET mlflow-artifacts/artifacts/{path}", "DELETE mlflow-artifacts/artifacts/{path}", PUT)
def test_no_file_outside_the_artifacts() -> None:
    path = "/api/2.0/mlflow-artifacts/artifacts/1/%2E%2E/%2E%2E/etc/passwd"
    statuses = [ask(method, path, b"x" if method == "PUT" else None).status for method in ("GET", "DELETE", "PUT")]
    assert all(400 <= status < 500 for status in statuses), statuses


@proves("GET 3.0/mlflow/server-info")
def test_the_server_says_what_it_can() -> None:
    answer = ask("GET", "/api/3.0/mlflow/server-info")
    assert answer.status == 200
    assert {"multipart_uploads_enabled", "multipart_downloads_enabled", "workspaces_enabled"} <= answer.body.keys()
    assert answer.body["workspaces_enabled"] is False
