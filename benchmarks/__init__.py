"""Measurements of VitalIQ that print what they found; none of them is part of the product."""
