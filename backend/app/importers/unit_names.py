"""The names that files give to units, as UCUM."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from app.importers.units import conversion
from app.importers.values import BadValueError

# Folded: without case, spaces and the marks that differ from app to app.
_NAMES: Mapping[str, str] = MappingProxyType(
    {
        name: ucum
        for ucum, names in {
            "mg/dL": "mg/dl",
            "mmol/L": "mmol/l",
            "mmol/mol": "mmol/mol",
            "mm[Hg]": "mmhg mm[hg]",
            "kPa": "kpa",
            "/min": "bpm /min count/min beats/min beats/minute breaths/min breaths/minute brpm"
            " counts/min 1/min",
            "ms": "ms msec milliseconds",
            "s": "s sec seconds",
            "min": "min mins minutes minuten",
            "h": "h hr hrs hours stunden",
            "%": "% percent prozent",
            "1": "1 fraction",
            "Cel": "c °c degc cel celsius",
            "[degF]": "f °f degf [degf] fahrenheit",
            "kg": "kg kgs kilograms",
            "g": "g gram grams gramm",
            "mg": "mg",
            "ug": "ug µg mcg",
            "[lb_av]": "lb lbs [lb_av] pounds",
            "[stone_av]": "st stone [stone_av]",
            "[oz_av]": "oz [oz_av]",
            "km": "km",
            "m": "m meters metres",
            "cm": "cm",
            "mm": "mm",
            "[mi_i]": "mi mile miles [mi_i]",
            "[ft_i]": "ft [ft_i]",
            "[in_i]": "in inch inches [in_i]",
            "kcal": "kcal cal_kcal kilocalories",
            "cal": "cal",
            "kJ": "kj",
            "W": "w watts",
            "[iU]": "iu ie u unit units einheiten [iu]",
            "{count}": "count steps {count} schritte",
        }.items()
        for name in names.split()
    }
)
_BRACKETED = re.compile(r"^(.*?)[\s_]*[\(\[]([^()\[\]]{1,20}(?:\[[^\]]*\])?)[\)\]]\s*$")
_TRAILING = re.compile(r"^(.*?)[\s_,]+([^\s_,]{1,12})$")


def ucum(name: str) -> str | None:
    """The UCUM unit that the name stands for; None for one that is not known."""
    folded = "".join(name.casefold().replace("μ", "µ").split())
    return _NAMES.get(folded)


def fitting(kind: str, unit: str | None) -> str:
    """The unit, as long as readings of the kind can come in it."""
    if unit is None:
        raise BadValueError("its unit is missing or not known")
    if conversion(kind, unit) is None:
        raise BadValueError("its unit does not fit what it is")
    return unit


def split_unit(header: str) -> tuple[str, str | None]:
    """What a column is called, and its unit: `Weight (kg)`, `weight_kg`, `Glucose mg/dL`."""
    for pattern in (_BRACKETED, _TRAILING):
        if found := pattern.match(header.strip()):
            unit = ucum(found[2])
            if unit is not None and found[1].strip():
                return found[1].strip(), unit
    return header.strip(), None


def of_percentage(value: float) -> str:
    """The unit of what claims to be a percentage of blood or body: 0.97 is a fraction, since
    nobody has one percent of either."""
    return "1" if value <= 1 else "%"
