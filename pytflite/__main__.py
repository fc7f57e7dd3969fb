"""``python -m pytflite`` is the command line."""

from pytflite.cli import main

main()
