"""The toy range as rows: parents, children and single toys, worked out from the words; the same on every machine."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from stdnum import ean

from demo import words

SIZES = {
    "plush": (("25 cm", "0"), ("40 cm", "8"), ("60 cm", "19")),
    "mask": (("3-4 ans", "0"), ("5-6 ans", "0"), ("7-8 ans", "2")),
    "scooter": (("30-33", "0"), ("34-37", "0")),
}
PIECES = ((100, "0"), (300, "3"), (500, "5"))
PREFIX = {
    "marvel": "MRV",
    "galaxie": "GAL",
    "construction-ville": "BRV",
    "construction-espace": "BRE",
    "jeux-famille": "JFA",
    "jeux-strategie": "JST",
    "poupons": "POU",
    "maisons": "MAI",
    "peluches": "PEL",
    "vehicules": "VEH",
    "circuits": "CIR",
    "plein-air-sport": "SPO",
    "plein-air-roues": "ROU",
    "puzzles": "PUZ",
    "loisirs-creatifs": "CRE",
    "eveil": "EVE",
    "deguisements": "DEG",
    "livres": "LIV",
}


@dataclass
class Toy:
    """One article. `drawing` says what its picture shows, `paint` in which colours; children may share pictures."""

    sku: str
    name: str
    name_en: str
    kind: str = "simple"
    parent: str = ""
    brand: str = ""
    family: str = ""
    subfamily: str = ""
    segment: str = ""
    price: str = ""
    vat: str = "0.2"
    description: str = ""
    description_en: str = ""
    ean: str = ""
    importance: int = 100
    weight_kg: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    image: str = ""
    drawing: str = ""
    paint: tuple[str, str] = ("#3f7fd0", "#eab63a")

    @property
    def is_sellable(self) -> bool:
        return self.kind != "parent"


def lines(text: str) -> list[list[str]]:
    """The cells of every line of a word table."""
    return [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]


COLOURS = {row[0]: row for row in lines(words.COLOURS)}
HEROES = {row[0]: row for row in lines(words.HEROES)}


def pick(most: int, *about: object) -> int:
    """A number from 0 to most - 1 that is always the same for the same things."""
    return int(hashlib.sha256("·".join(map(str, about)).encode()).hexdigest()[:8], 16) % most


def barcode(sku: str) -> str:
    """A valid EAN-13 in the range kept for use inside a company (2…)."""
    digits = f"2{pick(10**11, 'ean', sku):011d}"
    return digits + ean.calc_check_digit(digits)


def all_toys() -> list[Toy]:
    """The whole range, the Avengers first."""
    return [*_avengers(), *_from_lines()]


def _avengers() -> Iterator[Toy]:
    """A range of figurines that all carry one EAN (OFF-8)."""
    text, english = words.DESCRIPTIONS["hero"]
    shared = barcode("AVENGERS")
    common = {"brand": "Hasbro", "family": "Figurines", "subfamily": "Super-héros"}
    parent = Toy(
        "AVENGERS",
        "Figurines Avengers 15 cm",
        "Avengers figures 15 cm",
        kind="parent",
        segment="marvel,idees-cadeaux",
        price="12.99",
        importance=900,
        ean=shared,
        description=f"<p>{text}</p><p>Choisissez votre héros ; collectionnez toute l'équipe.</p>",
        description_en=f"<p>{english}</p><p>Choose your hero; collect the whole team.</p>",
        attributes={"age": "4", "licence": "Marvel", "matiere": "Plastique"},
        drawing="team",
        paint=("#d22730", "#1d4fa3"),
        image="demo/avengers.webp",
        **common,
    )
    yield parent
    for hero, first, second, _emblem in HEROES.values():
        word = hero.upper().replace(" ", "").replace("-", "")
        yield Toy(
            f"AVENGERS-{word}",
            f"Figurine Avengers {hero} 15 cm",
            f"Avengers figure {hero} 15 cm",
            kind="child",
            parent="AVENGERS",
            ean=shared,
            importance=900 if hero == "Spider-Man" else 300,
            weight_kg="0.18",
            attributes={"heros": hero, "age": "4", "licence": "Marvel", "matiere": "Plastique"},
            drawing="hero",
            paint=(first, second),
            image=f"demo/avengers-{word.lower()}.webp",
        )


def _from_lines() -> Iterator[Toy]:
    head: list[str] = []
    numbers: dict[str, int] = {}
    for line in words.LINES.strip().splitlines():
        if line.startswith("@"):
            head = [cell.strip() for cell in line[1:].split("|")] + [""]
            continue
        segment = head[0]
        numbers[segment] = numbers.get(segment, 0) + 1
        yield from _range(f"{PREFIX[segment]}-{numbers[segment]:03d}", head, [cell.strip() for cell in line.split("|")])


def _range(sku: str, head: list[str], cells: list[str]) -> list[Toy]:
    segment, family, subfamily, brand, drawing, material, licence = head[:7]
    name, english, price, age, varies, more = (*cells, "", "")[:6]
    facts = dict(pair.strip().split("=") for pair in more.split(";") if "=" in pair)
    text, text_en = words.DESCRIPTIONS[drawing]
    toy = Toy(
        sku,
        name,
        english,
        brand=brand,
        family=family,
        subfamily=subfamily,
        segment=segment + (",idees-cadeaux" if pick(6, sku, "gift") == 0 else ""),
        price=price,
        vat=facts.get("vat", "0.2"),
        description=f"<p><strong>{name}.</strong> {text}</p>",
        description_en=f"<p><strong>{english}.</strong> {text_en}</p>",
        ean=barcode(sku),
        importance=(100, 100, 100, 300, 100, 100, 900)[pick(7, sku, "star")],
        weight_kg=f"{0.1 + pick(190, sku, 'kg') / 100:.2f}",
        attributes=_attributes(facts, age, material, licence),
        drawing=facts.get("shape", drawing),
        paint=_paint(sku, facts),
        image=f"demo/{sku.lower()}.webp",
    )
    children = _children(toy, varies, drawing)
    if children:
        toy.kind, toy.weight_kg = "parent", ""
    return [toy, *children]


def _attributes(facts: dict[str, str], age: str, material: str, licence: str) -> dict[str, str]:
    found = {
        "age": age,
        "matiere": facts.get("material", material).capitalize(),
        "licence": facts.get("licence", licence),
        "heros": facts.get("hero", ""),
        "joueurs": facts.get("players", ""),
        "pieces": facts.get("pieces", ""),
    }
    return {code: value for code, value in found.items() if value}


def _paint(sku: str, facts: dict[str, str]) -> tuple[str, str]:
    if hero := HEROES.get(facts.get("hero", "")):
        return hero[1], hero[2]
    codes = list(COLOURS)
    first = pick(len(codes), sku, "paint")
    return COLOURS[codes[first]][3], COLOURS[codes[(first + 1 + pick(6, sku, "second")) % len(codes)]][3]


def _children(toy: Toy, varies: str, drawing: str) -> list[Toy]:
    if varies == "colour":
        codes = list(COLOURS)
        start = pick(len(codes), toy.sku)
        chosen = [codes[(start + step) % len(codes)] for step in (0, 1, 3, 6)]
        return [_coloured(toy, COLOURS[code]) for code in chosen]
    if varies == "size":
        return [_sized(toy, size, "taille", plus) for size, plus in SIZES[drawing]]
    if varies == "pieces":
        return [_sized(toy, str(count), "pieces", plus) for count, plus in PIECES]
    return []


def _child(toy: Toy, word: str, name: str, name_en: str) -> Toy:
    return Toy(
        f"{toy.sku}-{word}",
        name,
        name_en,
        kind="child",
        parent=toy.sku,
        ean=barcode(f"{toy.sku}-{word}"),
        weight_kg=toy.weight_kg,
        drawing=toy.drawing,
        paint=toy.paint,
        vat=toy.vat,
    )


def _coloured(toy: Toy, colour: list[str]) -> Toy:
    code, label, english, paint = colour
    child = _child(toy, code.upper(), f"{toy.name} {label.lower()}", f"{toy.name_en}, {english.lower()}")
    child.attributes = {"couleur": label}
    child.paint = (paint, toy.paint[1] if toy.paint[1] != paint else "#f4f1ea")
    child.image = f"demo/{child.sku.lower()}.webp"
    return child


def _sized(toy: Toy, size: str, attribute: str, plus: str) -> Toy:
    unit = " pièces" if attribute == "pieces" else ""
    english = size.replace("ans", "years") + (" pieces" if unit else "")
    child = _child(toy, size.upper().replace(" ", ""), f"{toy.name} {size}{unit}", f"{toy.name_en}, {english}")
    child.attributes = {attribute: size}
    child.price = str(Decimal(toy.price) + Decimal(plus)) if plus != "0" else ""
    return child
