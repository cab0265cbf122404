from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator
from pydantic.alias_generators import to_camel

from training.errors import TrainingError

ColumnName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,127}$")]
ProblemName = Literal["binary-classification", "multiclass-classification", "regression"]


class _Part(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True)


class ModelInput(_Part):
    """A raw column the model takes: a missing number is NaN, a missing string is ``""``.

    The contract of its values is nothing to training: it is passed on to serving, which holds requests against it.
    """

    name: ColumnName
    type: Literal["number", "string"]
    #: ``request``: the caller brings it, nothing is stored of it.
    source: Literal["stored", "request"] | None = None
    #: ``double``: features are computed from it inside the graph, so it is not rounded on its way in.
    precision: Literal["float", "double"] | None = None
    declared: Literal["number", "integer", "boolean", "string", "timestamp"] | None = None
    required: bool | None = None
    minimum: int | float | None = None
    maximum: int | float | None = None
    values: tuple[bool | int | float | str, ...] | None = None


class Label(_Part):
    """The column to predict; ``positive`` is the value that counts as positive, where there are two classes."""

    name: ColumnName
    positive: str | int | float | None = None


class Search(_Part):
    """Budget of the hyper-parameter search: it ends at whichever of trials and seconds comes first."""

    trials: int = Field(ge=1)
    timeout_seconds: int = Field(ge=1)
    folds: int = Field(ge=2)
    pruning: bool = True


class Stacked(_Part):
    """One candidate of a stack, with the parameters it was found to be best with."""

    candidate: str
    params: dict[str, Any]


class FairnessRequest(_Part):
    """Columns whose groups are compared."""

    columns: tuple[ColumnName, ...]
    minimum_group_rows: int = Field(ge=1)


class ProductionMetric(_Part):
    """One figure by which the candidate is compared with the version in production."""

    metric: str
    margin: float
    confidence: float


class Production(_Part):
    """The version in production, compared with on the test split."""

    version: int
    model_uri: str
    gates: tuple[ProductionMetric, ...]


class OnDemandField(_Part):
    """A column that on-demand features are computed from; more of its contract is passed on."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True, extra="allow")
    name: ColumnName
    type: Literal["number", "integer", "boolean", "string", "timestamp"]


class OnDemandFeature(OnDemandField):
    """A feature that is computed for each request by a SQL expression over fields, stored and earlier features."""

    sql: str


class OnDemand(_Part):
    """How inputs come about that are computed for each request, in the order of computing."""

    request_fields: tuple[OnDemandField, ...] = ()
    stored: tuple[OnDemandField, ...] = ()
    features: tuple[OnDemandFeature, ...] = ()


class TrainingJob(_Part):
    """What a training task is asked to do (contract ``TrainingJob``)."""

    run_id: str
    candidate: str
    problem: ProblemName = "binary-classification"
    project: str
    data_uri: str
    dataset_id: str = ""
    output_uri: str
    entity_key: ColumnName
    inputs: tuple[ModelInput, ...] = Field(min_length=1)
    label: Label
    split_column: str = "split"
    metric: str
    search: Search
    seed: int = Field(ge=0)
    class_weight: Literal["none", "balanced"] = "none"
    calibration: Literal["auto", "none", "always"] = "auto"
    #: Contract ``ThresholdRule``, e.g. ``{"maximize": "f1"}``.
    threshold_rule: dict[str, Any] = Field(default_factory=lambda: {"maximize": "f1"})
    threshold: float | None = Field(default=None, ge=0, le=1)
    stack: tuple[Stacked, ...] | None = None
    trusted_features: tuple[ColumnName, ...] = ()
    fairness: FairnessRequest | None = None
    production: Production | None = None
    gpu: int = Field(default=0, ge=0)
    on_demand: OnDemand | None = None
    # Views that serving reads the stored features of: passed on.
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
