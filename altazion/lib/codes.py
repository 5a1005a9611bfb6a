"""Codes the whole trade shares: GTIN (EAN-8, UPC-12, EAN-13, GTIN-14) and ISBN, checked by their last digit."""

from stdnum import ean, isbn


def bare_digits(code: str) -> str:
    """The code without the spaces and dashes that people put in: "978-2-07-036822-8" becomes "9782070368228"."""
    return "".join(c for c in code if c.isalnum()).upper()


def is_gtin(code: str) -> bool:
    """True for 8, 12, 13 or 14 digits whose check digit is right."""
    return bool(ean.is_valid(bare_digits(code)))


def is_isbn(code: str) -> bool:
    """True for an ISBN-10 or ISBN-13 whose check digit is right."""
    return bool(isbn.is_valid(bare_digits(code)))


def same_gtin(code: str) -> list[str]:
    """The ways one GTIN is written with and without leading zeros (UPC-12, EAN-13, GTIN-14); [] for anything else."""
    digits = bare_digits(code)
    if not digits.isdigit() or not 11 <= len(digits.lstrip("0")) <= 14 or len(digits) > 14:
        return []
    core = digits.lstrip("0")
    return [core.zfill(length) for length in (12, 13, 14) if length >= len(core)]
