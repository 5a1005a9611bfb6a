"""Which columns of a file look like which fields, by their names."""

import difflib
import unicodedata
from collections.abc import Sequence

from integrations.formats.raw import raw_names

_WORDS: dict[str, tuple[str, ...]] = {
    "sku": ("reference", "ref", "refarticle", "codearticle", "codart", "article", "itemnumber", "articleno", "artref"),
    "external_id": ("id", "idexterne", "erpid", "codeerp"),
    "parent_sku": ("modele", "parent", "referenceparent", "parentsku", "codartpadre"),
    "name": ("libelle", "designation", "nom", "title", "titre", "productname", "desart", "label", "articlelibelle"),
    "description": ("descriptif", "texte", "longdescription", "descriptionlongue", "text"),
    "brand": ("marque", "marlibelle", "maker", "manufacturer", "marchio"),
    "family": ("famille", "rayon", "department", "famiglia"),
    "subfamily": ("sousfamille", "sottofamiglia"),
    "vat_rate": ("tva", "tauxtva", "vat", "vatrate", "iva"),
    "price": ("prix", "prixttc", "pvttc", "prixventettc", "prezzo", "retailprice", "artpubasettc", "artpufinalttc"),
    "price_net": ("prixht", "pvht", "netprice", "artpubaseht"),
    "promo_price": ("prixpromo", "prixsolde", "saleprice", "promottc"),
    "promo_from": ("debutpromo", "datedebutpromo", "salestart", "datainizio"),
    "promo_to": ("finpromo", "datefinpromo", "saleend", "datafine"),
    "weight_g": ("poids", "weight", "artpoids"),
    "image": ("photo", "picture", "urlimage", "imageurl", "arwurlimage"),
    "quantity": ("qte", "quantite", "stock", "qty", "giacenza", "disponibilita"),
    "place_code": ("depot", "magasin", "entrepot", "warehouse", "coddeposito", "depotcode"),
    "place_kind": ("typedepot", "depottype"),
    "code": ("id", "identifiant"),
    "postcode": ("cp", "codepostal", "zip", "zipcode", "magcp"),
    "city": ("ville", "magville", "citta"),
    "address": ("adresse", "rue", "street", "magadresse"),
    "phone": ("tel", "telephone", "magtel"),
    "country": ("pays", "magpays"),
    "email": ("mail", "courriel"),
    "ref:EAN13": ("ean", "ean13", "gtin", "codebarre", "barcode", "codebarres"),
}
ENOUGH = 0.8


def suggest(names: Sequence[str], fields: Sequence[str], entity: str) -> dict[str, str]:
    """field: column, for the fields that some column looks like; each column once, the surest first."""
    known = {_bare(column): field for column, field in raw_names(entity).items()}
    scored = sorted(
        (
            (_score(_bare(name), field, known), place, name, field)
            for field in fields
            for place, name in enumerate(names)
        ),
        key=lambda found: (-found[0], found[1]),
    )
    chosen: dict[str, str] = {}
    for score, _place, name, field in scored:
        if score >= ENOUGH and field not in chosen and name not in chosen.values():
            chosen[field] = name
    return chosen


def _score(name: str, field: str, known: dict[str, str]) -> float:
    if not name:
        return 0
    words = [_bare(field), *_WORDS.get(field, ())]
    if name == words[0]:
        return 1
    if known.get(name) == field or name in words:
        return 0.95
    return 0.9 * max(difflib.SequenceMatcher(None, name, word).ratio() for word in words)


def _bare(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return "".join(letter for letter in plain.rpartition(":")[2] if letter.isalnum())
