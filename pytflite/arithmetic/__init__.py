"""The fixed-point law: rounding, multipliers, requantization, activation ranges, tables.

Pure NumPy, exact, knows nothing of models. Arrays of int64 carry int32 values unless a docstring says otherwise.
"""
