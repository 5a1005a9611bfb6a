"""`python -m demo.files`: writes the demonstration's files into demo/files, as an ERP would drop them."""

import csv
import json
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

from demo import words
from demo.toys import Toy, all_toys, lines, pick

FOLDER = Path(__file__).resolve().parent / "files"
ARTICLE_HEADER = [
    *("Référence", "Modèle", "Nature", "Libellé", "Libellé EN", "Descriptif", "Descriptif EN", "Marque", "Famille"),
    *("Sous-famille", "TVA", "Prix TTC", "Rayons", "Importance", "Poids kg", "Photo", "Âge", "Héros", "Couleur"),
    *("Matière", "Licence", "Joueurs", "Pièces", "Taille", "EAN"),
]
WEEK = {str(day): [["10:00", "19:30"]] for day in range(1, 7)}
SUNDAY_OPEN = {"PARIS", "LYON"}
WAREHOUSE = "ENTREPOT"


def main() -> None:
    """Write every file anew."""
    FOLDER.mkdir(exist_ok=True)
    for name, (header, rows) in files().items():
        with (FOLDER / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
            writer.writerow(header)
            writer.writerows(rows)


def files() -> dict[str, tuple[list[str], list[list[str]]]]:
    """Name → (header, rows) of every file, in the order of import."""
    toys = all_toys()
    return {
        "stores.csv": (
            ["Code", "Enseigne", "CP", "Adresse", "Ville", "Tél", "Lat", "Lon", "Région", "Horaires", "E-mail"],
            [_store(row) for row in lines(words.STORES)],
        ),
        "categories.csv": (
            "ipc_code ipc_code_parent ipc_libelle ipc_url_perso ipc_importance ipc_url_image ipc_categorie".split(),
            [_segment(row) for row in lines(words.SEGMENTS)],
        ),
        "articles.csv": (ARTICLE_HEADER, [_article(toy) for toy in toys]),
        "prices.csv": (
            "art_reference art_pu_final_ht art_pu_final_ttc art_pu_base_ht art_pu_base_ttc art_date_debut_promo "
            "art_date_fin_promo type_prix destination_prix".split(),
            list(_promotions(toys)),
        ),
        "stock.csv": (
            "depot_type depot_code art_ref type_ref qte".split(),
            [[kind, place, toy.sku, "", str(count)] for toy in toys for kind, place, count in counts(toy)],
        ),
        "stock_news.csv": (
            "depot_type depot_code art_ref type_ref qte".split(),
            [[kind, place, toy.sku, "", str(count + 3)] for toy in _some(toys) for kind, place, count in counts(toy)],
        ),
    }


def counts(toy: Toy) -> list[tuple[str, str, int]]:
    """Units of a toy at every place: some sold out everywhere, some down to their last pieces."""
    if not toy.is_sellable:
        return []
    gone = toy.sku != "AVENGERS-SPIDERMAN" and pick(25, toy.sku, "sold out") == 0
    found = [("DEPOT", WAREHOUSE, 0 if gone else _depot(toy))]
    for row in lines(words.STORES):
        chance = pick(10, toy.sku, row[0])
        count = (
            0 if gone or chance < 3 else 1 + pick(2, row[0], toy.sku) if chance < 5 else 3 + pick(12, row[0], toy.sku)
        )
        found.append(("MAG", row[0], 1 if (toy.sku, row[0]) == ("AVENGERS-SPIDERMAN", "LYON") else count))
    return found


def _depot(toy: Toy) -> int:
    return (0, 2, 40, 80, 25, 60, 120, 18)[pick(8, toy.sku, "depot")] if toy.parent != "AVENGERS" else 60


def _some(toys: list[Toy]) -> list[Toy]:
    return [toy for toy in toys if toy.is_sellable and pick(40, toy.sku, "news") == 0]


def _store(row: list[str]) -> list[str]:
    code, name, postcode, address, city, phone, latitude, longitude, zone = row
    hours = WEEK | ({"7": [["11:00", "18:00"]]} if code in SUNDAY_OPEN else {})
    mail = f"{code.lower()}@jouets-etoile.example"
    return [code, name, postcode, address, city, phone, latitude, longitude, zone, json.dumps(hours), mail]


def _segment(row: list[str]) -> list[str]:
    code, parent, name, _english, importance, _drawing = row
    return [code, parent, name, code, importance, f"demo/segment-{code}.webp", "P"]


def _article(toy: Toy) -> list[str]:
    said = toy.attributes
    return [
        *(toy.sku, toy.parent, toy.kind, toy.name, toy.name_en, toy.description, toy.description_en, toy.brand),
        *(toy.family, toy.subfamily, _comma(toy.vat), _comma(toy.price), toy.segment),
        *(str(toy.importance), _comma(toy.weight_kg), toy.image),
        *(said.get(code, "") for code in ("age", "heros", "couleur", "matiere", "licence", "joueurs", "pieces")),
        *(said.get("taille", ""), toy.ean),
    ]


def _comma(number: str) -> str:
    return number.replace(".", ",")


def _promotions(toys: Iterable[Toy]) -> Iterable[list[str]]:
    """Now and then a toy costs a fifth less."""
    for toy in toys:
        if toy.price and toy.parent == "" and toy.sku != "AVENGERS" and pick(11, toy.sku, "promo") == 0:
            low = (Decimal(toy.price) * Decimal("0.8")).quantize(Decimal("0.1")) - Decimal("0.01")
            yield [toy.sku, "", f"{low:.2f}", "", f"{Decimal(toy.price):.2f}", "", "", "BASE", ""]


if __name__ == "__main__":
    main()
