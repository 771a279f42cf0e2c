"""PANELS and GENERAL_CODES: what other systems' codes say of the metrics beyond one LOINC each."""

from types import MappingProxyType

from app.catalog.types import Panel

PANELS = (
    Panel(
        tracker="vitals",
        key="blood_pressure",
        label="Blood pressure",
        columns=("blood_pressure_systolic", "blood_pressure_diastolic"),
        loinc="85354-9",
    ),
)

# The vital signs profiles of FHIR R4 ask for these, beside whatever says it more exactly.
GENERAL_CODES = MappingProxyType(
    {
        "40443-4": "8867-4",  # heart rate at rest: heart rate
        "59408-5": "2708-6",  # oxygen saturation by pulse oximetry: oxygen saturation
    }
)
