"""FastAPI as its documentation has it: a pydantic model in, one out.

`async def`, since a thread a request costs more.
"""

from fastapi import FastAPI
from onnx_scores import scorer
from pydantic import BaseModel

app = FastAPI()
scores = scorer()


class Rows(BaseModel):
    rows: list[list[float]]


class Scores(BaseModel):
    scores: list[float]


@app.get("/ready")
async def ready() -> dict[str, bool]:
    return {"ready": True}


@app.post("/predict")
async def predict(body: Rows) -> Scores:
    return Scores(scores=scores(body.rows).tolist())
