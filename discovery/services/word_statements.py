"""The words by which entries are found. They take most of a rebuild's time, so those of the same texts are kept."""

from hashlib import md5

from discovery.services.statements import WANTED

_VECTOR = """
  setweight(to_tsvector('{config}', concat_ws(' ', {names})), 'A')
  || setweight(to_tsvector('{config}', concat_ws(' ', {brand}, {segments}, {nicknames})), 'B')
  || setweight(to_tsvector('{config}', concat_ws(' ', {references}, {said})), 'C')
  || setweight(to_tsvector('{config}', regexp_replace({prose}, '<[^>]*>', ' ', 'g')), 'D')
"""
_COMMON = {"brand": "brand.name", "nicknames": "nicknamed.words", "references": "refs.words"}
_FRENCH = {
    "config": "altazion_fr",
    "names": "COALESCE(NULLIF(told.name, ''), s.listing_name), s.name",
    "segments": "segment_words.words",
    "said": "said.words",
    "prose": "COALESCE(NULLIF(told.description, ''), s.prose)",
}
_ENGLISH = {
    "config": "altazion_en",
    "names": "told.translations -> 'en' ->> 'name', s.name_en,"
    " CASE WHEN s.name_en = '' THEN concat_ws(' ', s.listing_name, s.name) END",
    "segments": "segment_words.words_en",
    "said": "said.words_en",
    "prose": "COALESCE(NULLIF(s.prose_en, ''), s.prose)",
}
_TEXTS = [text for said in (_COMMON, _FRENCH, _ENGLISH) for name, text in said.items() if name != "config"]
# Words made in another way are other words. A change of what a configuration does must clear the digests itself.
_MADE_SO = md5(repr((_VECTOR, _COMMON, _FRENCH, _ENGLISH)).encode(), usedforsecurity=False).hexdigest()
_DIGEST = f"md5(ROW('{_MADE_SO}', {', '.join(_TEXTS)})::text)::uuid"


def wanted_statement() -> str:
    """WANTED with its two text vectors spelt out, each made only if an entry does not hold it for the same texts."""
    french, english = (_VECTOR.format(**_COMMON, **said) for said in (_FRENCH, _ENGLISH))
    return WANTED.replace("{vector_fr}", french).replace("{vector_en}", english).replace("{digest}", _DIGEST)
