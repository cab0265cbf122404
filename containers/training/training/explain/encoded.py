from sklearn.compose import ColumnTransformer

from training.model.scoring import CalibratedModel, PipelineModel, ScoringModel


def encoded_columns(model: ScoringModel) -> tuple[str, ...] | None:
    """Raw column of each position of the encoded row of a pipeline, calibrated or not; None for a stack of several."""
    if isinstance(model, CalibratedModel):
        return encoded_columns(model.inner)
    if isinstance(model, PipelineModel):
        return columns_of(model.pipeline.steps[0][1])
    return None


def columns_of(prepare: ColumnTransformer) -> tuple[str, ...]:
    """Raw column of each position that a fitted preprocessor makes: one a number, one a category of a string."""
    found: list[str] = []
    for _, transformer, columns in prepare.transformers_:
        if isinstance(transformer, str):  # "drop": columns that tell nothing
            continue
        last = transformer.steps[-1][1] if hasattr(transformer, "steps") else transformer
        widths = [len(names) for names in last.categories_] if hasattr(last, "categories_") else [1] * len(columns)
        found += [name for name, width in zip(columns, widths, strict=True) for _ in range(width)]
    return tuple(found)
