"""LitServe: `python litserve_app.py PORT ROWS_A_BATCH`; without a batch above 1 each request is its own run."""

import sys

import litserve
import numpy as np
from onnx_scores import scorer

port, most = int(sys.argv[1]), int(sys.argv[2])


class Bench(litserve.LitAPI):
    def setup(self, device) -> None:
        self.scores = scorer()

    def decode_request(self, request):
        return np.asarray(request["rows"], dtype=np.float32)

    def predict(self, rows):
        return self.scores(rows)

    def encode_response(self, scores):
        return {"scores": scores.tolist()}


class Batching(Bench):
    """Requests of a batch lie one after another, and are told apart again by their numbers of rows."""

    def batch(self, inputs):
        self.ends = np.cumsum([len(rows) for rows in inputs])[:-1]
        return np.concatenate(inputs)

    def unbatch(self, scores):
        return np.split(scores, self.ends)


if __name__ == "__main__":
    api = Batching(max_batch_size=most, batch_timeout=0.001) if most > 1 else Bench()
    server = litserve.LitServer(api, accelerator="cpu", workers_per_device=1, fast_queue=True)
    quiet = {"generate_client_file": False, "log_level": "warning", "access_log": False}
    server.run(port=port, host="127.0.0.1", num_api_servers=1, **quiet)
