"""Languages and scripts, typed text and printed values. Pure: no I/O, no clock."""

from bot.text.cleaning import MAX_TEXT, clean, has_hidden, script
from bot.text.danger import DangerWords
from bot.text.folding import fold, keys, plain_keys
from bot.text.formats import format_date, format_list, format_money, format_number, format_quantity
from bot.text.languages import LANGUAGES, SOURCE, Language, from_tag
from bot.text.recognition import ELSEWHERE, Guess, Recogniser
from bot.text.sheet import read_sheet, write_sheet
from bot.text.shortening import shorten, titles
from bot.text.typed import Money, parse_money, parse_number, parse_phone
from bot.text.typed_dates import named_units, parse_date
from bot.text.uzbek import to_cyrillic

__all__ = [
    "ELSEWHERE",
    "LANGUAGES",
    "MAX_TEXT",
    "SOURCE",
    "DangerWords",
    "Guess",
    "Language",
    "Money",
    "Recogniser",
    "clean",
    "fold",
    "format_date",
    "format_list",
    "format_money",
    "format_number",
    "format_quantity",
    "from_tag",
    "has_hidden",
    "keys",
    "named_units",
    "parse_date",
    "parse_money",
    "parse_number",
    "parse_phone",
    "plain_keys",
    "read_sheet",
    "script",
    "shorten",
    "titles",
    "to_cyrillic",
    "write_sheet",
]
