"""Translations are held against their sources: each has a state, and a broken one is never shown."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.catalogue import Finding, Form, Literal_, Place, Text
from bot.catalogue.locales import Locales
from bot.catalogue.placeholders import parse

SOURCE = "Сохраните чек до {today}."
GOOD = {
    "uz": "Chekni {today} sanasigacha saqlang.",
    "tg": "Расидро то {today} нигоҳ доред.",
    "ky": "Чекти сактаңыз: {today}.",
}


def entry(translation: str, *, source: str = SOURCE, key: str = "flows.a.b.say", flags: str = "") -> str:
    return f'{flags}msgctxt "{key}"\nmsgid "{source}"\nmsgstr "{translation}"\n'


def load(tmp_path: Path, **entries: str) -> Locales:
    for language, text in entries.items():
        path = tmp_path / "locales" / language / "LC_MESSAGES" / "flows.po"
        path.parent.mkdir(parents=True)
        path.write_text(f'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n{text}', "utf-8")
    return Locales.load(tmp_path / "locales")


def text_of(locales: Locales, source: str = SOURCE, key: str = "flows.a.b.say") -> Text:
    return Text(key=key, source=source, at=Place("flows/a.yaml", 7), forms=locales.forms(key, source))


def said(form: Form) -> str:
    return "".join(part.text if isinstance(part, Literal_) else str(part) for part in form.parts)


def shown(locales: Locales, source: str = SOURCE) -> dict[str, tuple[str, str, str]]:
    forms = locales.forms("flows.a.b.say", source)
    return {language: (said(form), form.language, form.state) for language, form in forms.items()}


def rules(findings: list[Finding]) -> list[tuple[str, str, int]]:
    return [(finding.rule, finding.at.file, finding.at.line) for finding in findings]


def test_a_fitting_translation_is_current_in_every_language(tmp_path: Path) -> None:
    locales = load(tmp_path, **{language: entry(text) for language, text in GOOD.items()})

    assert shown(locales) == {
        "ru": (SOURCE, "ru", "current"),
        **{language: (text, language, "current") for language, text in GOOD.items()},
        "uz_Cyrl": ("Чекни {today} санасигача сақланг.", "uz_Cyrl", "current"),
    }
    assert locales.findings([text_of(locales)]) == []


@pytest.mark.parametrize(
    "stale",
    [entry(GOOD["uz"], flags="#, fuzzy\n"), entry(GOOD["uz"], source="Сохраните чек {today}.")],
    ids=["fuzzy", "another source"],
)
def test_a_translation_of_an_older_text_is_shown_as_stale_in_both_scripts(tmp_path: Path, stale: str) -> None:
    locales = load(tmp_path, uz=stale, tg=entry(GOOD["tg"]), ky=entry(GOOD["ky"]))

    assert shown(locales)["uz"] == (GOOD["uz"], "uz", "stale")
    assert shown(locales)["uz_Cyrl"] == ("Чекни {today} санасигача сақланг.", "uz_Cyrl", "stale")
    [finding] = locales.findings([text_of(locales)])
    assert finding.rule == "stale-translation"
    assert finding.level == "warning"
    assert finding.at.file == "locales/uz/LC_MESSAGES/flows.po"


@pytest.mark.parametrize("entries", [{}, {"uz": entry("")}], ids=["no file", "empty"])
def test_a_missing_translation_falls_back_and_says_so(tmp_path: Path, entries: dict[str, str]) -> None:
    locales = load(tmp_path, **entries)

    assert shown(locales)["uz"] == shown(locales)["uz_Cyrl"] == shown(locales)["tg"] == (SOURCE, "ru", "missing")
    findings = locales.findings([text_of(locales)])
    assert [(finding.rule, finding.level) for finding in findings] == [("missing-translation", "warning")] * 3
    assert {finding.what.partition(" has ")[0] for finding in findings} == {
        f"flows.a.b.say ({language})" for language in ("uz", "tg", "ky")
    }


@pytest.mark.parametrize(
    ("translation", "rule"),
    [
        ("Chekni saqlang.", "lost-placeholder"),
        ("Chekni {today} {today} saqlang.", "lost-placeholder"),
        ("Chekni {todey} saqlang.", "lost-placeholder"),
        ("Chekni {today saqlang.", "lost-placeholder"),
        ("Chekni {answers.date} saqlang.", "lost-placeholder"),
        ("Chekni *{today} saqlang.", "lost-placeholder"),
        ("Chekni {today} saqlang, 5 kun.", "number-differs"),
        ("Chekni {today} saqlang: +7 900 123 45 67", "number-differs"),
        ("Chekni {today} saqlang: https://mvd-help.ru", "link-differs"),
        ("Chekni {today} saqlang: @helper", "link-differs"),
        ("Chekni {today} \u202esaqlang.", "hidden-character"),
    ],
)
def test_a_translation_that_tells_something_else_is_an_error_and_never_shown(
    tmp_path: Path, translation: str, rule: str
) -> None:
    locales = load(tmp_path, uz=entry(translation), tg=entry(GOOD["tg"]), ky=entry(GOOD["ky"]))

    assert shown(locales)["uz"] == shown(locales)["uz_Cyrl"] == (SOURCE, "ru", "missing")
    findings = locales.findings([text_of(locales)])
    assert {(finding.rule, finding.level) for finding in findings} == {(rule, "error")}
    assert all(finding.at == Place("locales/uz/LC_MESSAGES/flows.po", 5) for finding in findings)


def test_numbers_may_stand_in_another_order(tmp_path: Path) -> None:
    source = "Позвоните 112, потом 8-800."
    locales = load(tmp_path, uz=entry("8-800 dan oldin 112 ga qoʻngʻiroq qiling.", source=source))

    assert shown(locales, source)["uz"][2] == "current"


def test_words_that_people_type_may_hold_other_numbers(tmp_path: Path) -> None:
    key = "flows.a.open_with"
    locales = load(tmp_path, tg=entry("патент, 2 патент", source="патент", key=key))

    assert locales.forms(key, "патент")["tg"].state == "current"


def test_a_stale_translation_that_no_longer_fits_is_not_shown_and_stays_a_warning(tmp_path: Path) -> None:
    locales = load(
        tmp_path, uz=entry("Chekni saqlang.", source="Сохраните чек."), tg=entry(GOOD["tg"]), ky=entry(GOOD["ky"])
    )

    assert shown(locales)["uz"] == (SOURCE, "ru", "missing")
    [finding] = locales.findings([text_of(locales)])
    assert (finding.rule, finding.level) == ("stale-translation", "warning")
    assert "is not shown" in finding.what


def test_a_correction_by_hand_stands_over_the_rule(tmp_path: Path) -> None:
    locales = load(tmp_path, uz=entry(GOOD["uz"]), uz_Cyrl=entry("Чек керак: {today}."))

    assert shown(locales)["uz_Cyrl"] == ("Чек керак: {today}.", "uz_Cyrl", "current")


def test_a_correction_of_an_older_text_gives_way_to_the_rule(tmp_path: Path) -> None:
    locales = load(tmp_path, uz=entry(GOOD["uz"]), uz_Cyrl=entry("Чек керак: {today}.", source="Иначе {today}."))

    assert shown(locales)["uz_Cyrl"] == ("Чекни {today} санасигача сақланг.", "uz_Cyrl", "current")
    stale = [finding for finding in locales.findings([text_of(locales)]) if finding.rule == "stale-translation"]
    assert [finding.at.file for finding in stale] == ["locales/uz_Cyrl/LC_MESSAGES/flows.po"]


def test_bold_placeholders_and_names_pass_into_cyrillic_untouched(tmp_path: Path) -> None:
    source = "*Откройте* {point:line.name} в WhatsApp"
    locales = load(tmp_path, uz=entry("WhatsAppda *{point:line.name}* ni *oching*", source=source))

    form = locales.forms("flows.a.b.say", source)["uz_Cyrl"]
    assert form.parts == parse("WhatsAppда *{point:line.name}* ни *очинг*")[0]


@pytest.mark.parametrize(
    ("broken", "line", "says"),
    [
        ('msgctxt "k"\nmsgid "a"\nmsgstr "b\n', 3, "in quotes"),
        ('msgctxt "k"\nmsgid "a"\nmsgstr "b" c"\n', 3, "in quotes"),
        ('msgctxt "k"\nmsgid "a"\n\nmsgctxt "l"\nmsgid "b"\nmsgstr "c"\n', 4, "msgctxt does not belong here"),
        ('msgctxt "k"\nmsgstr "b"\n\nmsgctxt "l"\nmsgid "c"\nmsgstr "d"\n', 2, "msgstr does not belong here"),
        ('msgid "a"\n', 1, "missing msgstr"),
        ('msgid "a"\nmsgtext "b"\n', 2, "keyword"),
        ("just words\n", 1, "keyword"),
        ('"b"\n', 1, '" does not belong here'),
        ('msgid "a"\nmsgid_plural "b"\nmsgstr[0] "c"\n', 1, "plural"),
    ],
)
def test_a_broken_po_file_is_told_with_its_line(tmp_path: Path, broken: str, line: int, says: str) -> None:
    path = tmp_path / "locales" / "tg" / "LC_MESSAGES" / "flows.po"
    path.parent.mkdir(parents=True)
    path.write_text(broken, "utf-8")
    [finding] = Locales.load(tmp_path / "locales").broken

    assert (finding.rule, finding.level) == ("po-syntax", "error")
    assert (finding.at.file, finding.at.line) == ("locales/tg/LC_MESSAGES/flows.po", line)
    assert says in finding.what


@settings(deadline=None, max_examples=50)
@given(st.text(alphabet='msgidtrcx"\\n#~:,| \n[0]fuzzy'))
def test_no_po_file_breaks_the_reader(text: str) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "locales" / "tg" / "LC_MESSAGES" / "flows.po"
        path.parent.mkdir(parents=True)
        path.write_text(text, "utf-8")
        locales = Locales.load(path.parents[2])

    assert all(finding.rule == "po-syntax" for finding in locales.broken)


def test_a_po_file_in_another_encoding_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "locales" / "ky" / "LC_MESSAGES" / "flows.po"
    path.parent.mkdir(parents=True)
    path.write_bytes('msgid "a"\nmsgstr "чек"\n'.encode("cp1251"))
    [finding] = Locales.load(tmp_path / "locales").broken

    assert str(finding) == "locales/ky/LC_MESSAGES/flows.po:2:1 po-syntax: the file is not UTF-8; save it as UTF-8"


def test_a_key_that_stands_twice_or_is_not_there_is_told(tmp_path: Path) -> None:
    locales = load(
        tmp_path,
        uz=entry(GOOD["uz"]) + "\n" + entry("Boshqa {today}.", source="Другое {today}.") + '\nmsgid "a"\nmsgstr "b"\n',
    )

    assert [finding.what for finding in locales.broken] == [
        'the key "flows.a.b.say" stands twice',
        "a message without msgctxt",
    ]


def test_a_translation_that_nothing_needs_is_told(tmp_path: Path) -> None:
    locales = load(tmp_path, uz=entry("Eski", source="Старое", key="flows.gone.title"))
    unused = [finding for finding in locales.findings([]) if finding.rule == "unused-translation"]

    assert [(finding.at.line, finding.level) for finding in unused] == [(5, "warning")]


def test_completeness_is_the_share_of_needed_texts_that_are_current(tmp_path: Path) -> None:
    locales = load(tmp_path, uz=entry(GOOD["uz"]), tg=entry(GOOD["tg"], flags="#, fuzzy\n"))
    texts = [text_of(locales), text_of(locales, "Другое.", "flows.a.c.say")]

    assert locales.completeness(texts) == {"ru": 1.0, "uz": 0.5, "uz_Cyrl": 0.5, "tg": 0.0, "ky": 0.0}
    assert locales.completeness([])["tg"] == 1.0
