"""What is fitted: columns to numbers, scores, their calibration."""
