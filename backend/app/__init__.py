"""VitalIQ: a health backend that compares people with their own past."""
