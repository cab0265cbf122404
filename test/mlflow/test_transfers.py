"""Large files: in one request, in parts, and down by addresses of the store."""

import hashlib
import os
import urllib.parse
import urllib.request
from pathlib import Path

import pytest
from mlflow import MlflowClient

from proof import ask, error_of, platform_only, proves, unique
from proof.files import LIST, PUT, download, paths, root_of


def write_random(file: Path, megabytes: int) -> str:
    """Writes a file that does not compress; answers its digest."""
    digest = hashlib.sha256()
    with file.open("wb") as out:
        for _ in range(megabytes):
            block = os.urandom(1 << 20)
            digest.update(block)
            out.write(block)
    return digest.hexdigest()


def digest_of(file: Path) -> str:
    """SHA-256 of a file."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


@proves(PUT, LIST)
def test_60_megabytes_in_one_request(client: MlflowClient, run: str, tmp_path: Path) -> None:
    sent = write_random(tmp_path / "large.bin", 60)
    client.log_artifact(run, str(tmp_path / "large.bin"))
    assert client.list_artifacts(run)[0].file_size == 60 << 20
    assert digest_of(download(client, run, "large.bin", tmp_path)) == sent


PARTS = {
    "MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD": "true",
    "MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE": str(5 << 20),
    "MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE": str(6 << 20),
}
MPU = "mlflow-artifacts/mpu"


@platform_only("a bare server has the parts only in front of S3")
@proves(f"POST {MPU}/create/{{path}}", f"POST {MPU}/complete/{{path}}", LIST)
def test_a_large_file_in_parts(client: MlflowClient, run: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in PARTS.items():
        monkeypatch.setenv(name, value)
    sent = write_random(tmp_path / "ü parts+.bin", 14)
    client.log_artifact(run, str(tmp_path / "ü parts+.bin"), "folder")
    assert client.list_artifacts(run, "folder")[0].path == "folder/ü parts+.bin"
    assert digest_of(download(client, run, "folder/ü parts+.bin", tmp_path)) == sent


@platform_only("a bare server has the parts only in front of S3")
@proves(f"POST {MPU}/create/{{path}}", f"POST {MPU}/abort/{{path}}", LIST)
def test_parts_are_given_up(client: MlflowClient, run: str) -> None:
    folder = root_of(client, run)
    begun = ask("POST", f"/api/2.0/{MPU}/create/{folder}", {"path": "/home/me/given-up.bin", "num_parts": 2}).body
    assert [one["part_number"] for one in begun["credentials"]] == [1, 2]
    body = {"path": "/home/me/given-up.bin", "upload_id": begun["upload_id"]}
    assert ask("POST", f"/api/2.0/{MPU}/abort/{folder}", body).status == 200
    assert paths(client, run) == []


@platform_only("a bare server hands out addresses only in front of S3")
@proves("GET mlflow-artifacts/presigned/{path}")
@pytest.mark.parametrize("name", ["plain.txt", "a b+ü%.txt"])
def test_a_download_does_not_pass_the_server(client: MlflowClient, run: str, name: str) -> None:
    client.log_text(run, "content", name)
    path = urllib.parse.quote(f"{root_of(client, run)}/{name}")
    answer = ask("GET", f"/api/2.0/mlflow-artifacts/presigned/{path}").body
    assert answer["file_size"] == 7
    request = urllib.request.Request(answer["url"], headers=answer.get("headers", {}))
    with urllib.request.urlopen(request, timeout=30) as response:
        assert response.read() == b"content"


@platform_only("a bare server hands out addresses only in front of S3")
@proves("GET mlflow-artifacts/presigned/{path}")
def test_a_missing_file_has_no_address(client: MlflowClient, run: str) -> None:
    answer = ask("GET", f"/api/2.0/mlflow-artifacts/presigned/{root_of(client, run)}/{unique('no')}")
    assert error_of(answer) == (404, "RESOURCE_DOES_NOT_EXIST")


@platform_only("a bare server has parts only in front of S3")
@proves(f"POST {MPU}/create/{{path}}")
@pytest.mark.parametrize("body", [{"path": "/x.bin", "num_parts": 0}, {"path": "/x.bin", "num_parts": 10_001}, {}])
def test_bad_parts_are_refused(client: MlflowClient, run: str, body: dict) -> None:
    answer = ask("POST", f"/api/2.0/{MPU}/create/{root_of(client, run)}", body)
    assert error_of(answer) == (400, "INVALID_PARAMETER_VALUE")
