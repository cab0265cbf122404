"""From rows to a fitted model: folds, trials, stacks, the threshold."""
