from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator
from pydantic.alias_generators import to_camel

from training.errors import TrainingError

ColumnName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,127}$")]
Metric = Literal["roc_auc", "pr_auc", "f1", "accuracy", "log_loss"]


class _Part(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True)


class ModelInput(_Part):
    """A raw column the model takes: a missing number is NaN, a missing string is ``""``.

    The contract of its values is nothing to training: it is passed on to serving, which holds requests against it.
    """

    name: ColumnName
    type: Literal["number", "string"]
    declared: Literal["number", "integer", "boolean", "string", "timestamp"] | None = None
    required: bool | None = None
    minimum: int | float | None = None
    maximum: int | float | None = None
    values: tuple[bool | int | float | str, ...] | None = None


class Label(_Part):
    """The column to predict and the value of it that counts as positive."""

    name: ColumnName
    positive: str | int | float


class Search(_Part):
    """Budget of the hyper-parameter search: it ends at whichever of trials and seconds comes first."""

    trials: int = Field(ge=1)
    timeout_seconds: int = Field(ge=1)
    folds: int = Field(ge=2)


class TrainingJob(_Part):
    """What a training task is asked to do (contract ``TrainingJob``)."""

    run_id: str
    candidate: str
    project: str
    data_uri: str
    output_uri: str
    entity_key: ColumnName
    inputs: tuple[ModelInput, ...] = Field(min_length=1)
    label: Label
    split_column: str = "split"
    metric: Metric
    search: Search
    seed: int = Field(ge=0)
    threshold: float | None = Field(default=None, ge=0, le=1)
    # How serving computes those inputs that are no stored features: passed on as it is.
    on_demand: dict[str, Any] | None = None
    # Views that serving reads the stored features of: passed on too.
    views: tuple[str, ...] | None = None

    @model_validator(mode="after")
    def _columns_are_told_apart(self) -> "TrainingJob":
        names = [column.name for column in self.inputs]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"inputs name {', '.join(twice)} more than once; name each column once")
        leaked = {self.label.name, self.split_column} & set(names)
        if leaked:
            raise ValueError(f"inputs hold {', '.join(sorted(leaked))}, which is the label or the split; leave it out")
        return self

    @property
    def input_names(self) -> list[str]:
        """Names of the raw columns, in the order of the graph's inputs."""
        return [column.name for column in self.inputs]


def parse_job(text: str | bytes) -> TrainingJob:
    """Read a job from its JSON text.

    Parameters
    ----------
    text : str or bytes
        JSON of the contract ``TrainingJob``.

    Returns
    -------
    TrainingJob

    Raises
    ------
    TrainingError
        ``INVALID_REQUEST`` naming every field that is wrong and the value seen.
    """
    try:
        return TrainingJob.model_validate_json(text)
    except ValidationError as error:
        raise TrainingError("INVALID_REQUEST", f"the training job is not valid: {_sentences(error)}") from error


def _sentences(error: ValidationError) -> str:
    def sentence(where: tuple[int | str, ...], text: str, value: object) -> str:
        place = ".".join(str(part) for part in where) or "job"
        seen = "" if isinstance(value, dict) else f" (got {value!r:.80})"
        return f"{place}: {text}{seen}"

    return "; ".join(sentence(item["loc"], item["msg"], item["input"]) for item in error.errors())
