from training.explain.encoded import encoded_columns
from training.explain.explain import BACKGROUND, GOLDEN, PARTS, Explanations, Sample, explanations
from training.explain.subject import Subject

__all__ = ["BACKGROUND", "GOLDEN", "PARTS", "Explanations", "Sample", "Subject", "encoded_columns", "explanations"]
