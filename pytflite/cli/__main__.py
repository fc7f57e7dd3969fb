from pytflite.cli import main

main()
