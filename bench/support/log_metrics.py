"""One journey of the real client, timed: `log_metrics.py log_metric|log_batch COUNT`. Prints JSON with seconds."""

import json
import sys
import time

from mlflow import MlflowClient
from mlflow.entities import Metric


def one_by_one(client: MlflowClient, run: str, count: int) -> None:
    """A request for every point."""
    for step in range(count):
        client.log_metric(run, "loss", 1 / (step + 1), step=step)


def at_once(client: MlflowClient, run: str, count: int) -> None:
    """One request."""
    client.log_batch(
        run, [Metric(f"m{step % 10}", 1 / (step + 1), 1_700_000_000_000 + step, step) for step in range(count)]
    )


def main() -> None:
    """Warms both sides up, then measures."""
    journey, count = {"log_metric": one_by_one, "log_batch": at_once}[sys.argv[1]], int(sys.argv[2])
    client = MlflowClient()
    experiment = client.create_experiment(f"bench-{time.time_ns()}")
    journey(client, client.create_run(experiment).info.run_id, min(count, 20))
    run = client.create_run(experiment).info.run_id
    wall, cpu = time.perf_counter(), time.process_time()
    journey(client, run, count)
    print(json.dumps({"seconds": time.perf_counter() - wall, "clientCpu": time.process_time() - cpu}))


main()
