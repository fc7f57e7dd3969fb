"""The exceptions of pytflite: one family, each also a built-in class that existing ``except`` clauses catch.

tf.lite raises `ValueError` for files, tensors and arguments and `RuntimeError` for preparing and running; the classes
below derive from the same ones, so a script written for tf.lite keeps working.
"""


class PytfliteError(Exception):
    """Base of every exception that pytflite raises on purpose."""


class FormatError(PytfliteError, ValueError):
    """The bytes are not a valid ``.tflite`` file.

    Attributes:
        message: what is wrong, without the place.
        offset: byte offset in the file where the fault was met, or None when no single place is at fault.
        path: path of the table or field, e.g. ``Model.subgraphs[0].tensors[3].shape``.
    """

    def __init__(self, message: str, *, offset: int | None = None, path: str = "") -> None:
        self.message = message
        self.offset = offset
        self.path = path
        where = [part for part in (path, None if offset is None else f"byte offset {offset}") if part]
        super().__init__(f"{message} ({', '.join(where)})" if where else message)


class ModelError(PytfliteError, ValueError):
    """The file is well formed, but what it says cannot be a model (a fatal finding of `pytflite.model.check`)."""


class ArgumentError(PytfliteError, ValueError):
    """A caller gave a wrong index, name, dtype, shape or option."""


class StateError(PytfliteError, RuntimeError):
    """A call came in the wrong order (invoke before allocate, a live view during invoke, ...)."""


class PrepareError(PytfliteError, RuntimeError):
    """An operator cannot be prepared: unsupported, wrong dtypes, impossible shapes or parameters."""


class InvokeError(PytfliteError, RuntimeError):
    """An operator failed on the values that it was given."""


class CacheWarning(UserWarning):
    """Compiled code cannot be kept on disk, so that every process compiles anew."""
