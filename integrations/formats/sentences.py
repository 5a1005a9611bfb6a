"""Every reason to refuse a row, as a sentence. Codes unknown here are shown as they are."""

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "required": _("%(field)s is missing."),
    "too_few_cells": _("The row has only %(value)s cells, fewer than the mapping reads."),
    "too_many_cells": _("The row has %(value)s cells, more than the header; a separator is probably not quoted."),
    "not_a_number": _("%(field)s is not a number: “%(value)s”."),
    "not_an_integer": _("%(field)s is not a whole number: “%(value)s”."),
    "not_a_boolean": _("%(field)s must be yes or no: “%(value)s”."),
    "not_a_date": _("%(field)s is not a date as the mapping writes them: “%(value)s”."),
    "not_json": _("%(field)s is not valid JSON: “%(value)s”."),
    "not_a_choice": _("%(field)s has a value that is not known here: “%(value)s”."),
    "not_in_map": _("“%(value)s” stands in no translation table of the mapping (%(field)s)."),
    "too_small": _("%(field)s is too small: %(value)s."),
    "too_long": _("%(field)s is longer than allowed: “%(value)s”."),
    "duplicate_key": _("The same %(field)s came before, in row %(value)s. Only the first one was taken."),
    "unknown_article": _("There is no article “%(value)s”."),
    "unknown_product": _("There is no article “%(value)s”."),
    "unknown_sku": _("There is no article “%(value)s”."),
    "unknown_parent": _("Its parent “%(value)s” exists neither here nor in the file."),
    "unknown_place": _("There is no stock place “%(value)s”."),
    "unknown_store": _("There is no store “%(value)s”."),
    "unknown_category": _("There is no segment “%(value)s”."),
    "unknown_segment": _("There is no segment “%(value)s”."),
    "unknown_type": _("There is no reference type “%(value)s”."),
    "unknown_slot": _("There is no slot of labels “%(value)s”."),
    "unknown_label": _("The slot has no label “%(value)s”."),
    "unknown_association": _("There is no kind of association “%(value)s”."),
    "with_itself": _("“%(value)s” would stand beside itself."),
    "unknown_reference": _("No article has the reference “%(value)s”."),
    "unknown_vat_rate": _("There is no VAT rate of %(value)s."),
    "ambiguous_reference": _("Several articles share the reference “%(value)s”; name the article itself."),
    "negative_stock": _("Stock cannot be less than nothing: %(value)s."),
    "negative_quantity": _("Stock cannot be less than nothing: %(value)s."),
    "cycle": _("“%(value)s” would stand above itself."),
    "too_deep": _("“%(value)s” would lie deeper than the sixth level."),
    "no_price": _("The row gives no price."),
    "parent_is_child": _("Its parent “%(value)s” is a variant itself, and a variant cannot have variants."),
    "has_children": _("“%(value)s” is a parent of variants; its variants are meant."),
    "bad_check_digit": _("The last digit of “%(value)s” does not fit: it is mistyped or cut."),
    "bad_path": _("A level is missing in the path of segments: “%(value)s”."),
    "bad_dates": _("It would end before it begins (%(field)s: %(value)s)."),
    "bad_address": _("“%(value)s” is no address we can use (%(field)s)."),
    "unknown_mime": _("“%(value)s” is no picture, film or PDF."),
    "unknown_document_kind": _("There is no kind of document “%(value)s”."),
    "unknown_code": _("There is nothing with the code “%(value)s” to translate."),
    "unknown_language": _("“%(value)s” is not spoken here."),
    "main_language": _("“%(value)s” is the main language: its names stand in the other files."),
    "bad_hours": _('Opening hours are written by day: {"1": [["09:30", "12:30"], ["14:00", "19:00"]]}.'),
    "out_of_range": _("%(field)s is outside what is allowed: %(value)s."),
    "too_large": _("%(field)s is too large: %(value)s."),
    "other_type": _("The attribute has another type than “%(value)s”, and products carry values of it."),
    "bad_code": _("“%(value)s” is no code: letters, digits, dashes and underscores only."),
    "unknown_attribute": _("There is no attribute “%(value)s”."),
    "not_a_list": _("The attribute “%(value)s” is not a list."),
    "edited_since": _("It was edited since and stays: “%(value)s”."),
    "gone_since": _("It cannot come back: “%(value)s”."),
    "feed_missing": _("Kept out of the feed: it has no %(field)s."),
    "feed_no_origin": _("Kept out of the feed: its link is no web address: “%(value)s”."),
    "taken": _("%(field)s “%(value)s” already belongs to something else."),
}


def sentence(code: str, field: str = "", value: str = "") -> str:
    """Why a row was refused, in the reader's language."""
    pattern = SENTENCES.get(code)
    if pattern is None:
        return f"{code.replace('_', ' ')} ({field}: {value})" if field else code.replace("_", " ")
    return str(pattern) % {"field": field, "value": value}
