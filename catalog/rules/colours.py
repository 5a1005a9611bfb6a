"""Colours that people can read: contrast as WCAG 2.2 measures it."""

import re

_HEX = re.compile(r"#[0-9a-f]{6}")
LEAST = 4.5  # WCAG AA for small text


def clean_colour(text: str) -> str:
    """#rrggbb in small letters, also from #rgb. ValueError("colour") for anything else."""
    said = text.strip().lower()
    said = said if said.startswith("#") else f"#{said}"
    if len(said) == 4:
        said = "#" + "".join(2 * each for each in said[1:])
    if not _HEX.fullmatch(said):
        raise ValueError("colour")
    return said


def contrast(one: str, other: str) -> float:
    """How far two colours (#rrggbb) stand apart: 1 (the same) to 21 (black on white)."""
    dark, light = sorted((_light(one), _light(other)))
    return (light + 0.05) / (dark + 0.05)


def _light(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
