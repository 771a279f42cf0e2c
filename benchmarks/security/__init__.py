"""What someone outside can tell by measuring."""
