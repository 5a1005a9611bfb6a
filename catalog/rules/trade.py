"""Sizes, customs codes and countries that can be."""

from collections.abc import Mapping

SIZES = (
    "weight_g", "height_mm", "width_mm", "length_mm",
    "net_weight_g", "net_height_mm", "net_width_mm", "net_length_mm",
)  # fmt: skip
MOST_MM, MOST_G = 100_000, 100_000_000

_CODES = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW "
    "BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI "
    "FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN "
    "IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME "
    "MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF "
    "PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV "
    "SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE "
    "YT ZA ZM ZW "
)
#: ISO 3166-1 alpha-2, all 249
COUNTRIES = frozenset(_CODES.split())


def check_sizes(sizes: Mapping[str, int | None]) -> None:
    """Raises ValueError with the name of the size that is beyond 100 m or 100 t."""
    for name, value in sizes.items():
        if value is not None and not 0 <= value <= (MOST_G if name.endswith("_g") else MOST_MM):
            raise ValueError(name)


def is_hs_code(code: str) -> bool:
    """True for a code of the Harmonized System: 6 digits, 8 or 10 with the national ones."""
    return code.isascii() and code.isdigit() and len(code) in {6, 8, 10}


def is_country(code: str) -> bool:
    """True for a country's two letters in ISO 3166."""
    return len(code) == 2 and code in COUNTRIES
