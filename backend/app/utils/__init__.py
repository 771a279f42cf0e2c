"""Small parts shared by all layers above."""
