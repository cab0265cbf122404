"""What the checks of files share."""

from pathlib import Path

from mlflow import MlflowClient
from mlflow.artifacts import download_artifacts

PUT = "PUT mlflow-artifacts/artifacts/{path}"
LIST = "GET mlflow-artifacts/artifacts"


def root_of(client: MlflowClient, run: str) -> str:
    """Where the proxy has a run's files."""
    return client.get_run(run).info.artifact_uri.removeprefix("mlflow-artifacts:/")


def paths(client: MlflowClient, run: str, path: str | None = None) -> list[str]:
    """What a folder holds."""
    return [one.path for one in client.list_artifacts(run, path)]


def download(client: MlflowClient, run: str, path: str, folder: Path) -> Path:
    """A file of a run, on this machine."""
    target = folder / "down"
    target.mkdir(exist_ok=True)
    return Path(download_artifacts(run_id=run, artifact_path=path, dst_path=str(target)))
