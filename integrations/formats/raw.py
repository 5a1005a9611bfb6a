"""The platform's own RAW files: `;`, quotes doubled, UTF-8, columns by position (annex A)."""

from typing import Any

from integrations.enums import Entity
from integrations.formats.definition import Definition

_POSITIONS: dict[str, str] = {
    Entity.ARTICLES: (
        "iar_external_id=external_id iar_external_id_parent=parent_external_id iar_reference=sku iar_libelle=name "
        "iar_type_article iar_description=description iar_marque=brand iar_famille=family iar_ssfamille=subfamily "
        "iar_tva=vat_rate iar_prix_ttc=price iar_prix_ht=price_net iar_prix_promo_ht=promo_price_net "
        "iar_prix_promo_ttc=promo_price iar_date_debut_promo=promo_from iar_date_fin_promo=promo_to "
        "iar_segment_niv1=segment_1 iar_segment_niv2=segment_2 iar_segment_niv3=segment_3 "
        "iar_segment_niv4=segment_4 iar_segment_niv5=segment_5 iar_segment_niv6=segment_6 iar_seg_pk=segment_code "
        "iar_est_valide=validated iar_importance=importance iar_code_prepa iar_type_stock=stock_type "
        "iaw_url_img_big=image iaw_url_img_small iaw_url_img_tiny iaw_meta_description=meta_description "
        "iaw_url_externe iaw_qte_seuil_dispolimitee"
    ),
    Entity.CATEGORIES: (
        "ipc_code=code ipc_code_parent=parent_code ipc_libelle=name ipc_url_perso=slug ipc_importance=importance "
        "ipc_url_image=image ipc_categorie=kind"
    ),
    Entity.ARTICLE_CATEGORIES: (
        "iac_article_external_id=external_id iac_category_code=segment_code iac_est_principal=is_primary "
        "iac_importance=relevance"
    ),
    Entity.BRANDS: (
        "code=code libelle=name url_perso=slug url_image=image url_site_marque=website est_marque_interne=is_own "
        "description commentaire_public=intro"
    ),
    Entity.MEDIA: "iai_article_external_id=external_id iai_url=url iai_est_principal=is_main iai_mime_type=mime",
    Entity.TRANSLATIONS: "type=type code=code langue=language codevaleur=value_code libelle=name",
    Entity.REFERENCES: "iar_external_id=external_id iar_type=type iar_reference=value iar_est_principal=is_main",
    Entity.ATTRIBUTES: (
        "iat_code=code iat_libelle=name iat_type=type iat_groupe=group iat_unite=unit iat_est_public=is_public "
        "iat_est_facette=is_facet iat_est_declinable=is_differentiating iat_ordre=position"
    ),
    Entity.ATTRIBUTE_VALUES: "iat_code=attribute iav_code=code iav_libelle=label iav_ordre=position",
    Entity.LABEL_SLOTS: "code=code libelle=name type html",
    Entity.LABELS: "tag_code=slot code=code libelle=name image=image",
    Entity.PRODUCT_LABELS: "art_ref=sku tag_code=slot tag_valeur_code=value position=position",
    Entity.ASSOCIATIONS: (
        "ias_external_id_parent=external_id ias_external_id_enfant=other_external_id ias_type_assoc=kind "
        "ias_qte_enfant_par_parent=quantity"
    ),
    Entity.DIMENSIONS: (
        "art_ref=sku poids_brut=gross_weight hauteur_brut=gross_height largeur_brut=gross_width "
        "longueur_brut=gross_length poids_net=net_weight hauteur_net=net_height largeur_net=net_width "
        "longueur_net=net_length"
    ),
    Entity.PRICES: (
        "art_reference=sku art_pu_final_ht=promo_price_net art_pu_final_ttc=promo_price art_pu_base_ht=price_net "
        "art_pu_base_ttc=price art_date_debut_promo=promo_from art_date_fin_promo=promo_to type_prix=layer "
        "destination_prix=destination"
    ),
    Entity.STORES: (
        "mag_code=code mag_libelle=name mag_cp=postcode mag_adresse=address mag_ville=city mag_tel=phone mag_fax "
        "mag_pays=country"
    ),
    Entity.STOCK: "depot_type=place_kind depot_code=place_code art_ref=sku type_ref=reference_type qte=quantity",
}

# What position alone does not tell: with a reference type, a stock line names its article by reference; a final price
# that differs from the base price is a promotion, and without a base price it is the base price.
_CHANGES: dict[tuple[str, str], dict[str, Any]] = {
    (Entity.STOCK, "sku"): {"only_when": {"column": 3, "empty": True}},
    (Entity.PRICES, "promo_price"): {"only_when": [{"column": 4}, {"column": 2, "differs_from": 4}]},
    (Entity.PRICES, "promo_price_net"): {"only_when": [{"column": 3}, {"column": 1, "differs_from": 3}]},
    (Entity.PRICES, "price"): {"column": [4, 2]},
    (Entity.PRICES, "price_net"): {"column": [3, 1]},
}
_MORE: dict[str, list[dict[str, Any]]] = {
    Entity.STOCK: [{"field": "reference", "column": 2, "only_when": {"column": 3}, "optional": True}],
}


def raw_entities() -> list[str]:
    """Entities that have a RAW format."""
    return list(_POSITIONS)


def raw_columns(entity: str) -> list[str]:
    """Names of the RAW columns of an entity, in the order they must stand in."""
    return [word.partition("=")[0] for word in _POSITIONS[entity].split()]


def raw_names(entity: str) -> dict[str, str]:
    """RAW column: field, for those that feed one."""
    words = [word.partition("=") for word in _POSITIONS.get(entity, "").split()]
    return {column: field for column, _, field in words if field}


def raw_definition(entity: str) -> Definition:
    """How a RAW file of this entity is read. Columns that may be absent at the end of a line are optional."""
    words = [word.partition("=") for word in _POSITIONS[entity].split()]
    columns: list[dict[str, Any]] = [
        {"field": field, "column": position, "optional": True} for position, (_, _, field) in enumerate(words) if field
    ]
    return Definition.read(
        {
            "code": "raw",
            "name": "RAW",
            "entity": entity,
            "encoding": "utf-8-sig",
            "columns": [column | _CHANGES.get((entity, str(column["field"])), {}) for column in columns]
            + _MORE.get(entity, []),
        }
    )
