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


def is_internal(code: str) -> bool:
    """True for a code of the 13 (or 12, or 8) digits that a shop may give itself: prefixes 02 and 20 to 29.

    Such codes mean nothing outside the company that printed them. 04 (coupons) and 98 to 99 are not of this kind.
    """
    digits = bare_digits(code)
    if not digits.isdigit():
        return False
    if len(digits) == 8:
        return digits[0] in "02"
    full = digits.lstrip("0").zfill(13) if len(digits) in {12, 13, 14} else ""
    return bool(full) and (full.startswith("02") or "20" <= full[:2] <= "29")


def internal_without_measure(code: str) -> str:
    """The internal code of 13 digits with the price or weight that a scale printed into it set to zero; "" if none.

    "2123456001253" (article 23456, 1.25 kg) becomes "2123456000003": as the article itself is kept.
    """
    digits = bare_digits(code).zfill(13)
    if len(digits) != 13 or not is_internal(digits):
        return ""
    bare = digits[:7] + "00000"
    return bare + str(ean.calc_check_digit(bare))


def looks_mistyped(code: str) -> bool:
    """True for 8, 12, 13 or 14 digits whose check digit does not fit: nobody's GTIN."""
    digits = bare_digits(code)
    return digits.isdigit() and len(digits) in {8, 12, 13, 14} and not is_gtin(digits)
