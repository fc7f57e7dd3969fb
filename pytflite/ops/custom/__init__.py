"""Custom operators that other runtimes ship: one file each, found by the custom code, with nothing to register."""
