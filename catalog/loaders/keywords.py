"""Keywords that an article file gives: "Héros:Spider-Man|Licence:Avengers"; without a category, "Mots clés"."""

from altazion.lib.staging import Stage
from catalog.loaders.article_rows import WORK
from catalog.loaders.product_rows import TOUCHED

USUAL = "Mots clés"
_SLUG = "btrim(regexp_replace(lower(public.unaccent({text})), '[^a-z0-9]+', '-', 'g'), '-')"
_PLAIN = "btrim(regexp_replace(lower(public.unaccent({text})), '[^a-z0-9]+', ' ', 'g'))"
_GIVEN = f"""
SELECT DISTINCT product_id, category, name, left({_SLUG.format(text="category")}, 50) AS category_code,
       left({_SLUG.format(text="name")}, 120) AS code, left({_PLAIN.format(text="name")}, 200) AS form
  FROM (SELECT w.product_id,
               left(CASE WHEN one.text LIKE '%%:%%' THEN btrim(split_part(one.text, ':', 1)) ELSE %(usual)s END, 80)
                 AS category,
               left(CASE WHEN one.text LIKE '%%:%%' THEN btrim(substr(one.text, strpos(one.text, ':') + 1))
                         ELSE btrim(one.text) END, 120) AS name
          FROM {WORK} w, unnest(string_to_array(w.keywords, '|')) AS one (text)) said
 WHERE {_SLUG.format(text="category")} <> '' AND {_SLUG.format(text="name")} <> ''
"""


def write_keywords(stage: Stage) -> None:
    """Keywords of the file's products; those of this source that the file no longer gives them go.

    Categories and keywords that do not exist are made.
    """
    if not stage.has("keywords"):
        return
    stage.work_table("load_keywords", _GIVEN, usual=USUAL)
    stage.run(
        "INSERT INTO catalog_keywordcategory (code, name, is_facet, position, translations)"
        " SELECT category_code, min(category), false, 0, '{{}}' FROM load_keywords GROUP BY category_code"
        " ON CONFLICT (code) DO NOTHING"
    )
    stage.run(
        "INSERT INTO catalog_keyword (category_id, code, name, translations, forms)"
        " SELECT c.id, n.code, min(n.name), '{{}}', ARRAY[min(n.form)] FROM load_keywords n"
        " JOIN catalog_keywordcategory c ON c.code = n.category_code GROUP BY c.id, n.code"
        " ON CONFLICT (category_id, code) DO NOTHING"
    )
    stage.work_table(
        "load_keyword_links",
        "SELECT DISTINCT n.product_id, k.id AS keyword_id FROM load_keywords n"
        " JOIN catalog_keywordcategory c ON c.code = n.category_code"
        " JOIN catalog_keyword k ON k.category_id = c.id AND k.code = n.code",
    )
    stage.run(
        "WITH written AS (DELETE FROM catalog_productkeyword l WHERE l.source = %(source)s AND EXISTS"
        " (SELECT 1 FROM load_keyword_links n WHERE n.product_id = l.product_id) AND NOT EXISTS (SELECT 1 FROM"
        " load_keyword_links n WHERE n.product_id = l.product_id AND n.keyword_id = l.keyword_id)"
        f" RETURNING l.product_id) INSERT INTO {TOUCHED} SELECT product_id FROM written"
    )
    stage.run(
        "WITH written AS (INSERT INTO catalog_productkeyword (product_id, keyword_id, source)"
        " SELECT n.product_id, n.keyword_id, %(source)s FROM load_keyword_links n"
        " ON CONFLICT (product_id, keyword_id) DO NOTHING RETURNING product_id)"
        f" INSERT INTO {TOUCHED} SELECT product_id FROM written"
    )
