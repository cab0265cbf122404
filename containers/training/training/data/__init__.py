"""Parquet to checked splits."""
