"""Writers of real-shaped files, one module a format: seeded, from the documented structure."""
