"""What gives the demonstration depth: few novelties, sizes, makers, marks, words of the channel, pages, files."""

import datetime as dt

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F, Q

from catalog.enums import CriterionKind, Flag, LabelRule, MediaKind
from catalog.models import (
    Attribute,
    Brand,
    ChannelText,
    Criterion,
    CriterionValue,
    DocumentKind,
    FlagName,
    Label,
    LabelSlot,
    Media,
    Product,
    Publication,
    Segment,
)
from catalog.services import (
    save_brand,
    save_channel_texts,
    save_choices,
    save_criterion,
    save_label,
    save_mark,
    save_media,
    save_segment,
)
from demo import words
from demo.toys import lines, pick
from stores.models import SalesChannel

OLD_DAYS, NEW_DAYS, ONE_IN = 400, 21, 9
MAKERS = {
    "Hasbro": ("Hasbro SA", "Rue Émile Boëchat 31, 2800 Delémont, Suisse", "https://www.hasbro.example"),
}
IMPORTER = ("Jouets Étoile SAS", "12 rue des Jouets, 69002 Lyon, France", "qualite@jouets-etoile.example")
WARNINGS = (
    "Ne convient pas aux enfants de moins de 36 mois : petits éléments. À utiliser sous la surveillance d’un adulte."
)
HEADERS = {
    "super-heros": (
        "demo/page-spider-man.webp",
        "<p><strong>Une équipe entière à collectionner.</strong> Figurines, masques et coffrets de vos héros.</p>",
        "<p><strong>A whole team to collect.</strong> Figures, masks and boxes of your heroes.</p>",
    ),
    "jeux-de-societe": (
        "demo/page-noel.webp",
        "<p>De deux à huit joueurs, pour un quart d’heure ou pour la soirée.</p>",
        "<p>Two to eight players, for a quarter of an hour or all evening.</p>",
    ),
}
PAPER = (
    b"%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 420 300]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj\n"
    b"4 0 obj<</Length 66>>stream\nBT /F 22 Tf 40 220 Td (%s) Tj ET\nendstream endobj\n"
    b"5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\ntrailer<</Root 1 0 R>>\n%%%%EOF\n"
)


@transaction.atomic
def make_depth(at: dt.datetime, actor: str) -> None:
    """Make it once, all or nothing; what people changed since stays."""
    if FlagName.objects.exists():
        return
    _spread_in_time(at)
    _trade()
    _marks(at, actor)
    _words_of_the_channel(at, actor)
    _headers(at, actor)
    _swatches(at, actor)
    _files(at, actor)
    _moved(at, actor)


def _spread_in_time(at: dt.datetime) -> None:
    """One toy in nine came in the last weeks, the others over the year before: "Nouveauté" says something again."""
    for product in Product.objects.filter(parent=None).only("pk", "sku"):
        fresh = product.sku == "AVENGERS" or pick(ONE_IN, product.sku, "fresh") == 0
        days = pick(NEW_DAYS, product.sku, "days") if fresh else 45 + pick(OLD_DAYS - 45, product.sku, "days")
        since = at - dt.timedelta(days=days, minutes=pick(600, product.sku, "minutes") + 1)
        Publication.objects.filter(product=product).update(published_at=since)
        Product.objects.filter(Q(pk=product.pk) | Q(parent=product)).update(created_at=since)


def _trade() -> None:
    """Sizes of boxes, where things come from, who answers for them."""
    sold = list(Product.objects.exclude(kind="parent").select_related("brand", "parent__brand"))
    for one in sold:
        side = 90 + pick(260, one.sku, "side")
        one.height_mm, one.width_mm, one.length_mm = side, side + 20, 60 + pick(200, one.sku, "deep")
        one.net_height_mm, one.net_width_mm, one.net_length_mm = side - 20, side, one.length_mm - 15
        one.weight_g = one.weight_g or 150 + pick(2000, one.sku, "weight")
        one.net_weight_g = one.weight_g * 4 // 5
    Product.objects.bulk_update(
        sold,
        ["height_mm", "width_mm", "length_mm", "net_height_mm", "net_width_mm", "net_length_mm", "weight_g",
         "net_weight_g"],
        batch_size=500,
    )  # fmt: skip
    for name, (maker, address, contact) in {**MAKERS, "": IMPORTER}.items():
        found = Product.objects.filter(parent=None)
        found = found.filter(brand__name=name) if name else found.exclude(brand__name__in=MAKERS)
        found.update(
            maker_name=maker, maker_address=address, maker_contact=contact, eu_person=IMPORTER[0],
            eu_address=IMPORTER[1], eu_contact=IMPORTER[2], hs_code="950300", origin_country="FR",
        )  # fmt: skip
    small = Q(attributes__age__gte=3)
    Product.objects.filter(small, parent=None).update(warnings=WARNINGS)


def _marks(at: dt.datetime, actor: str) -> None:
    """Two of the six marks are read by shoppers, one gives a label."""
    own = Brand.objects.filter(is_own=True).first() or Brand.objects.order_by("name").first()
    if own is not None:
        save_brand(own, {"is_own": True}, at=at, actor=actor)
        Product.objects.filter(brand=own, parent=None).update(flags=F("flags").bitor(Flag.OWN_BRAND))
    chosen = [one.pk for one in Product.objects.filter(parent=None) if pick(14, one.sku, "flash") == 0]
    Product.objects.filter(pk__in=chosen).update(flags=F("flags").bitor(Flag.FLASH_SALE))
    for flag, name, english, shown in (
        (Flag.OWN_BRAND, "Notre marque", "Our own brand", True),
        (Flag.FLASH_SALE, "Vente flash", "Flash sale", False),
        (Flag.FEATURED_1, "Coup de cœur", "We love it", True),
    ):
        mark = FlagName(flag=flag, name=name, in_shop=shown, translations={"en": {"name": english}})
        save_mark(mark, at=at, actor=actor)
    Product.objects.filter(sku="AVENGERS").update(flags=F("flags").bitor(Flag.FEATURED_1))
    slot = LabelSlot.objects.get(code="where")
    flash = Label(slot=slot, code="vente-flash", name="Vente flash", ground="#9a1c1c", rule=LabelRule.FLAG)
    flash.flag, flash.translations = Flag.FLASH_SALE, {"en": {"name": "Flash sale"}}
    save_label(flash, at=at, actor=actor)
    news = LabelSlot.objects.get(code="news")
    reduced = Label(
        slot=news, code="promotion", name="Promotion", ground="#8a3b00", rule=LabelRule.PROMOTION, priority=50
    )
    reduced.translations = {"en": {"name": "On sale"}}
    save_label(reduced, at=at, actor=actor)


def _words_of_the_channel(at: dt.datetime, actor: str) -> None:
    toy = Product.objects.filter(sku="AVENGERS").first()
    if toy is not None:
        text = ChannelText(
            channel=SalesChannel.objects.get(code="web"),
            short_description="Sur le web : huit héros, un seul code-barres, choisissez le vôtre.",
            translations={"en": {"short_description": "On the web: eight heroes, one barcode, choose yours."}},
        )
        save_channel_texts(toy, [text], at=at, actor=actor)


def _headers(at: dt.datetime, actor: str) -> None:
    for code, (banner, header, english) in HEADERS.items():
        if segment := Segment.objects.filter(code=code).first():
            texts = {**segment.translations, "en": {**segment.translations.get("en", {}), "header": english}}
            fields = {"banner": banner, "header": header, "translations": texts}
            save_segment(segment, fields, parent=segment.parent, at=at, actor=actor)


def _swatches(at: dt.datetime, actor: str) -> None:
    """Colours are chosen by a patch; whether there is a licence by yes or no."""
    colour = Attribute.objects.get(code="couleur")
    criterion = Criterion(code="teinte", name="Couleur", attribute=colour, kind=CriterionKind.VALUES, position=2)
    criterion.translations = {"en": {"name": "Colour"}}
    save_criterion(criterion, at=at, actor=actor)
    named = {row[1].casefold(): (row[2], row[3]) for row in lines(words.COLOURS)}
    choices = []
    for place, option in enumerate(colour.options.all(), 1):
        english, paint = named.get(option.label.casefold(), ("", ""))
        one = CriterionValue(label=option.label, value=option.code, colour=paint, position=place)
        one.translations = {"en": {"label": english}} if english else {}
        choices.append(one)
    save_choices(criterion, choices, at=at, actor=actor)
    licence = Criterion(
        code="sous-licence", name="Sous licence", attribute=Attribute.objects.get(code="licence"),
        kind=CriterionKind.PRESENCE, position=9, translations={"en": {"name": "Licensed"}},
    )  # fmt: skip
    save_criterion(licence, at=at, actor=actor)


def _files(at: dt.datetime, actor: str) -> None:
    """A manual for shoppers, a note for colleagues, and a film with its poster."""
    toy = Product.objects.filter(sku="AVENGERS").first()
    if toy is None or toy.media.filter(kind=MediaKind.DOCUMENT).exists():
        return
    kinds = {one.code: one for one in DocumentKind.objects.all()}
    manual = Media(kind=MediaKind.DOCUMENT, title="Notice de montage", document_kind=kinds.get("notice"), language="fr")
    note = Media(kind=MediaKind.DOCUMENT, title="Argumentaire de vente", is_public=False)
    film = Media(
        kind=MediaKind.VIDEO, location="https://www.youtube.com/watch?v=aqz-KE-bpKQ", title="Les héros en action",
        poster="demo/page-hasbro.webp", position=9,
    )  # fmt: skip
    files = {0: ContentFile(PAPER % b"Notice de montage", "n.pdf"), 1: ContentFile(PAPER % b"Pour l'equipe", "a.pdf")}
    save_media(toy, [manual, note, film], files=files, at=at, actor=actor)


def _moved(at: dt.datetime, actor: str) -> None:
    """A brand whose page had another address: the old one leads on."""
    if brand := Brand.objects.filter(name="Doudou & Cie").first():
        save_brand(brand, {"slug": "peluches-doudou"}, at=at, actor=actor)
