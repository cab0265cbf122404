"""Files by URI, the only place that knows S3: ``s3://bucket/key``, ``file:///path`` or a plain path."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from training.errors import TrainingError

_CODES = {"NoSuchKey": "SOURCE_MISSING", "404": "SOURCE_MISSING", "NoSuchBucket": "SOURCE_MISSING"}
_DENIED = {"AccessDenied", "AccessDeniedException", "403"}


def read_bytes(uri: str) -> bytes:
    """Read a whole file.

    Raises
    ------
    TrainingError
        ``SOURCE_MISSING``, ``PERMISSION_DENIED`` or ``UNAVAILABLE``.
    """
    if _is_s3(uri):
        bucket, key = _bucket_and_key(uri)
        with _s3_errors(uri):
            return _client().get_object(Bucket=bucket, Key=key)["Body"].read()
    try:
        return _local(uri).read_bytes()
    except OSError as error:
        raise TrainingError("SOURCE_MISSING", f"{uri} cannot be read: {error.strerror}") from error


def exists(uri: str) -> bool:
    """Whether there is a file."""
    try:
        read_bytes(uri)
    except TrainingError as error:
        if error.code == "SOURCE_MISSING":
            return False
        raise
    return True


def write_bytes(uri: str, data: bytes) -> None:
    """Write a file, whole or not at all, over one that may be there.

    A process that is killed while it writes leaves ``.NAME.xxxxxxxx`` beside a local file, which nobody reads.
    """
    if _is_s3(uri):
        bucket, key = _bucket_and_key(uri)
        with _s3_errors(uri):
            _client().put_object(Bucket=bucket, Key=key, Body=data)
        return
    target = _local(uri)
    target.parent.mkdir(parents=True, exist_ok=True)
    # Not tempfile's: that is for its owner's eyes only, and another user's reader may come for the output.
    half = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        half.write_bytes(data)
        half.replace(target)
    except BaseException:
        half.unlink(missing_ok=True)
        raise


def parquet_files(folder_uri: str, scratch: Path) -> list[Path]:
    """Bring the Parquet files below a folder onto this machine, ordered by name.

    Parameters
    ----------
    folder_uri : str
        Folder, or one Parquet file.
    scratch : Path
        Where files from S3 are put; local ones are read where they lie.

    Raises
    ------
    TrainingError
        ``DATASET_NOT_FOUND`` if there is none.
    """
    files = _download(folder_uri, scratch) if _is_s3(folder_uri) else _local_parquet(_local(folder_uri))
    if files:
        return files
    raise TrainingError("DATASET_NOT_FOUND", f"no .parquet file below {folder_uri}; dataUri must name a training set")


def join(folder_uri: str, name: str) -> str:
    """URI of a file in a folder, with or without the folder's trailing slash."""
    return f"{folder_uri.rstrip('/')}/{name}"


def _local_parquet(path: Path) -> list[Path]:
    return [path] if path.is_file() else sorted(path.rglob("*.parquet"))


def _download(uri: str, scratch: Path) -> list[Path]:
    bucket, prefix = _bucket_and_key(uri)
    # Without the slash, data/set-1 would also take in data/set-10.
    prefix = prefix if prefix.endswith((".parquet", "/")) or not prefix else f"{prefix}/"
    files: list[Path] = []
    with _s3_errors(uri):
        pages = _client().get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        keys = sorted(item["Key"] for page in pages for item in page.get("Contents", []))
        for key in (key for key in keys if key.endswith(".parquet")):
            target = scratch / f"{len(files):06d}.parquet"
            _client().download_file(bucket, key, str(target))
            files.append(target)
    return files


def _is_s3(uri: str) -> bool:
    return uri.startswith("s3://")


def _local(uri: str) -> Path:
    return Path(uri.removeprefix("file://"))


def _bucket_and_key(uri: str) -> tuple[str, str]:
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bucket, key


@cache
def _client() -> Any:
    import boto3  # half a second that a local run does not need
    from botocore.config import Config

    # A custom endpoint is not told apart by bucket host names.
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    config = Config(
        retries={"mode": "standard", "max_attempts": 5},
        s3={"addressing_style": "path" if endpoint else "auto"},
    )
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    return boto3.client("s3", region_name=region, config=config)


@contextmanager
def _s3_errors(uri: str) -> Iterator[None]:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        raise _translated(uri, error) from error
    except BotoCoreError as error:
        raise TrainingError("UNAVAILABLE", f"{uri} cannot be reached: {error}") from error


def _translated(uri: str, error: Any) -> TrainingError:
    code = str(error.response.get("Error", {}).get("Code", ""))
    if code in _DENIED:
        return TrainingError("PERMISSION_DENIED", f"the task's role may not use {uri}: {error}")
    return TrainingError(_CODES.get(code, "UNAVAILABLE"), f"{uri}: {error}")
