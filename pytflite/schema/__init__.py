"""The schema of ``.tflite`` files, generated from ``schema/``: enums, tables as records, layouts; model metadata."""
