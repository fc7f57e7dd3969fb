"""Custom operators that other runtimes ship: found by their custom code, with nothing to register.

Each file declares them in ``OPS``.
"""
