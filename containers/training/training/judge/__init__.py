"""What a model is worth: curves, fairness, importances, a comparison with production."""
