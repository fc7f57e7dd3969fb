"""What a ``.tflite`` file means: objects, reading, writing, semantic checks."""
