"""Measuring answers: sets, runs, comparison, calibration."""
