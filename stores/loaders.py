"""Set-based merge of staged stores (annex A); zones that a file names are made where they are missing."""

from altazion.lib import undoing as way
from altazion.lib.loading import LoadContext, LoadResult
from altazion.lib.staging import Stage
from altazion.lib.text import slug
from altazion.lib.tracking import Tracked
from altazion.lib.undoing import Undoing, Undone
from logbook.services import record_many

TRACKED = (Tracked("store", "stores_store", "r.code", summary="r.name"),)
WORK, FINAL = "load_stores", "load_stores_final"
_TYPES = {
    "name": "text",
    "postcode": "text",
    "address": "text",
    "city": "text",
    "phone": "text",
    "email": "text",
    "country": "text",
    "latitude": "numeric",
    "longitude": "numeric",
    "hours": "jsonb",
    "zone": "text",
}
_MATCH = """
SELECT s.row_number, s.code, {fields}, t.id AS store_id, NULL::bigint AS zone_id FROM {staged} s
LEFT JOIN stores_store t ON t.code = s.code
WHERE NOT EXISTS (SELECT 1 FROM {rejects} r WHERE r.row_number = s.row_number)
"""
_COLUMNS = [
    "name",
    "address",
    "postcode",
    "city",
    "country",
    "phone",
    "email",
    "latitude",
    "longitude",
    "hours",
    "zone_id",
    "archived",
    "source",
    "fed_fields",
]
_FINAL = """
SELECT w.row_number, w.code, w.store_id, coalesce(nullif(w.name, ''), t.name) AS name,
    coalesce(w.address, t.address, '') AS address, coalesce(w.postcode, t.postcode, '') AS postcode,
    coalesce(w.city, t.city, '') AS city, coalesce(w.country, t.country, 'FR') AS country,
    coalesce(w.phone, t.phone, '') AS phone, coalesce(w.email, t.email, '') AS email,
    round(coalesce(w.latitude, t.latitude), 6) AS latitude, round(coalesce(w.longitude, t.longitude), 6) AS longitude,
    coalesce(w.hours, t.hours, '{{}}') AS hours, coalesce(w.zone_id, t.zone_id) AS zone_id, false AS archived,
    %(source)s AS source, %(fed)s::varchar[] AS fed_fields
FROM load_stores w LEFT JOIN stores_store t ON t.id = w.store_id
"""
# "1".."7" → [["09:30", "12:30"], …]; a day may be empty (closed).
_HOURS = """w.hours IS NOT NULL AND NOT (jsonb_typeof(w.hours) = 'object' AND NOT jsonb_path_exists(w.hours,
    '$.keyvalue() ? (!(@.key like_regex "^[1-7]$") || @.value.type() != "array")') AND NOT jsonb_path_exists(w.hours,
    'strict $.*[*] ? (@.type() != "array" || @.size() != 2)', silent => true) AND NOT jsonb_path_exists(w.hours,
    '$.*[*][*] ? (@.type() != "string" || !(@ like_regex "^([01][0-9]|2[0-4]):[0-5][0-9]$"))'))"""
# The three-letter codes (ISO 3166) of the neighbourhood; two letters stand as they are.
COUNTRIES = {
    "FRA": "FR",
    "BEL": "BE",
    "LUX": "LU",
    "CHE": "CH",
    "DEU": "DE",
    "ITA": "IT",
    "ESP": "ES",
    "PRT": "PT",
    "NLD": "NL",
    "GBR": "GB",
    "IRL": "IE",
    "AUT": "AT",
    "DNK": "DK",
    "SWE": "SE",
    "POL": "PL",
    "CZE": "CZ",
    "MCO": "MC",
    "AND": "AD",
    "GLP": "GP",
    "MTQ": "MQ",
    "GUF": "GF",
    "REU": "RE",
    "MYT": "YT",
    "USA": "US",
    "CAN": "CA",
    "MAR": "MA",
    "TUN": "TN",
    "DZA": "DZ",
}


def merge_stores(context: LoadContext) -> LoadResult:
    """Merge stores by code. Countries come with two or three letters; hours as the model keeps them.

    Refused: a new store without name, countries and hours nobody understands, coordinates off the globe, an address
    for mail that is none. Whole file: stores of this source that it lacks are archived, and come back when named again.
    """
    with Stage(context) as stage:
        stage.work_table(WORK, _MATCH, {"fields": stage.fields(_TYPES)})
        _reject(stage)
        if stage.has("zone"):
            _zones(stage)
        stage.work_table(FINAL, _FINAL, fed=sorted(context.fields))
        return _write(stage)


def _reject(stage: Stage) -> None:
    stage.run(
        f"UPDATE {WORK} w SET country = coalesce(c.two, upper(w.country)) FROM {WORK} x LEFT JOIN"
        " unnest(%(three)s::text[], %(two)s::text[]) AS c (three, two) ON c.three = upper(x.country)"
        " WHERE x.row_number = w.row_number AND w.country IS NOT NULL",
        three=list(COUNTRIES),
        two=list(COUNTRIES.values()),
    )
    stage.reject(WORK, "name", "required", value="''", where="w.store_id IS NULL AND coalesce(w.name, '') = ''")
    stage.reject(WORK, "country", "not_a_choice", value="w.country", where="w.country !~ '^[A-Z][A-Z]$'")
    for name, most in (("latitude", 90), ("longitude", 180)):
        stage.reject(WORK, name, "out_of_range", value=f"w.{name}", where=f"abs(w.{name}) > {most}")
    stage.reject(WORK, "email", "bad_address", value="w.email", where="w.email <> '' AND w.email !~ '^[^@ ]+@[^@ ]+$'")
    stage.reject(WORK, "hours", "bad_hours", value="w.hours", where=_HOURS)


def _zones(stage: Stage) -> None:
    wanted = stage.words(f"SELECT DISTINCT w.zone FROM {WORK} w WHERE w.zone <> '' ORDER BY 1")
    words = [slug(name, 30) for name in wanted]
    stage.run(
        "INSERT INTO stores_zone (code, name, unavailable_below) SELECT DISTINCT ON (n.word) n.word, n.name, 1"
        " FROM unnest(%(words)s::text[], %(names)s::text[]) AS n (word, name) WHERE NOT EXISTS (SELECT 1 FROM"
        " stores_zone z WHERE z.code IN (n.word, n.name) OR lower(z.name) = lower(n.name)) ON CONFLICT DO NOTHING",
        words=words,
        names=wanted,
    )
    stage.run(
        f"UPDATE {WORK} w SET zone_id = z.id FROM unnest(%(words)s::text[], %(names)s::text[]) AS n (word, name)"
        " JOIN stores_zone z ON z.code IN (n.word, n.name) OR lower(z.name) = lower(n.name) WHERE w.zone = n.name",
        words=words,
        names=wanted,
    )


def _write(stage: Stage) -> LoadResult:
    names = ", ".join(_COLUMNS)
    new = stage.ids(
        f"INSERT INTO stores_store (guid, code, welcome, offers_pickup, takes_payment, {names})"
        f" SELECT gen_random_uuid(), code, '', true, true, {names} FROM {FINAL} WHERE store_id IS NULL"
        " ORDER BY row_number RETURNING id"
    )
    old, wanted = (", ".join(f"{alias}.{column}" for column in _COLUMNS) for alias in ("t", "f"))
    changed = stage.ids(
        f"UPDATE stores_store t SET {', '.join(f'{c} = f.{c}' for c in _COLUMNS)} FROM {FINAL} f"
        f" WHERE t.id = f.store_id AND ({old}) IS DISTINCT FROM ({wanted}) RETURNING t.id"
    )
    archived: list[int] = []
    if stage.context.full:
        archived = stage.ids(
            "UPDATE stores_store t SET archived = true WHERE t.source = %(source)s AND NOT t.archived"
            f" AND {stage.lacks('t', ('code', 'code'))} RETURNING t.id"
        )
    touched = [*new, *changed, *archived]
    at, run, actor = stage.context.at, stage.context.run_id, stage.context.actor
    record_many("stores.stores_changed", sorted(touched), at=at, subject_kind="store", actor=actor, run=run)
    total = stage.number(f"SELECT count(*) FROM {FINAL}")
    return LoadResult(
        new=len(new),
        changed=len(changed),
        unchanged=total - len(new) - len(changed),
        archived=len(archived),
        rejected=stage.rejected(),
    )


def undo_changes(undoing: Undoing) -> Undone:
    """Stores get back what a run changed in them; those it made are archived."""
    made = way.archive(undoing, TRACKED[0], "archived = true", "t.archived")
    changed = way.restore(undoing, TRACKED[0])
    record_many(
        "stores.stores_changed",
        sorted({*made, *changed}),
        at=undoing.at,
        subject_kind="store",
        actor=undoing.actor,
        run=undoing.undo,
        change="undo",
    )
    return Undone(restored=len(changed), archived=len(made))
