import boto3
import pytest
from moto import mock_aws

from training.errors import TrainingError
from training.machine import storage


@pytest.fixture
def bucket(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    storage._client.cache_clear()
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket="data")
        yield client
    storage._client.cache_clear()


def test_a_local_file_is_replaced_whole(tmp_path):
    uri = storage.join(f"{tmp_path}/new/", "a.json")
    storage.write_bytes(uri, b"1")
    storage.write_bytes(f"file://{uri}", b"22")
    assert storage.read_bytes(uri) == b"22"
    assert [file.name for file in (tmp_path / "new").iterdir()] == ["a.json"]


def test_a_local_file_may_be_read_by_whom_its_folder_says(tmp_path):
    (tmp_path / "plain").write_bytes(b"1")
    storage.write_bytes(f"{tmp_path}/a.json", b"1")
    assert (tmp_path / "a.json").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_local_file_that_cannot_be_written_leaves_nothing(tmp_path):
    (tmp_path / "a.json").mkdir()
    with pytest.raises(IsADirectoryError):
        storage.write_bytes(f"{tmp_path}/a.json", b"1")
    assert [file.name for file in tmp_path.iterdir()] == ["a.json"]


def test_what_is_not_there_is_said_with_its_name(tmp_path):
    with pytest.raises(TrainingError) as missing:
        storage.read_bytes(f"{tmp_path}/none.json")
    assert (missing.value.code, "none.json" in missing.value.message) == ("SOURCE_MISSING", True)
    with pytest.raises(TrainingError) as empty:
        storage.parquet_files(str(tmp_path), tmp_path)
    assert empty.value.code == "DATASET_NOT_FOUND"


def test_s3_reads_what_it_wrote(bucket):
    storage.write_bytes("s3://data/a/b.json", b"{}")
    assert storage.read_bytes("s3://data/a/b.json") == b"{}"


def test_s3_takes_the_parquet_files_of_that_folder_only(bucket, tmp_path):
    for key in ("set-1/2.parquet", "set-1/1.parquet", "set-1/manifest.json", "set-10/0.parquet"):
        bucket.put_object(Bucket="data", Key=key, Body=key.encode())
    files = storage.parquet_files("s3://data/set-1", tmp_path)
    assert [file.read_text() for file in files] == ["set-1/1.parquet", "set-1/2.parquet"]


@pytest.mark.parametrize("uri", ["s3://data/none.json", "s3://nowhere/none.json"])
def test_s3_says_what_is_missing(bucket, uri):
    with pytest.raises(TrainingError) as caught:
        storage.read_bytes(uri)
    assert (caught.value.code, uri in caught.value.message) == ("SOURCE_MISSING", True)


def test_s3_without_an_answer_is_unavailable(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    storage._client.cache_clear()
    with pytest.raises(TrainingError) as caught:
        storage.read_bytes("s3://data/a")
    storage._client.cache_clear()
    assert caught.value.code == "UNAVAILABLE"
