"""The builtin operators, one file each, named by the schema: ``BuiltinOperator.CONV_2D`` lives in ``conv_2d.py``.

The directory is the registry (`pytflite.ops._resolver`). What a file declares is described in `pytflite.ops._api`.
"""
