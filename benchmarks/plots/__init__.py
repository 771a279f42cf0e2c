"""The figures of docs/detection.md, drawn from what the program does."""
