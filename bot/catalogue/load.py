"""Loads and checks ``flows/``, ``content/`` and ``locales/``: all findings, and a catalogue when it may serve."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from hashlib import blake2b
from pathlib import Path
from typing import Final

from bot.catalogue import shapes
from bot.catalogue.build_content import (
    build_article,
    build_examples,
    build_fact,
    build_need,
    build_phrases,
    build_template,
    build_term,
    build_words,
)
from bot.catalogue.build_deadlines import build_calendar, build_deadline
from bot.catalogue.build_flow import Titles, build_flow
from bot.catalogue.build_organisations import build_organisation
from bot.catalogue.build_places import build_place
from bot.catalogue.build_points import build_asking, build_point, why_hidden
from bot.catalogue.cache import Cache
from bot.catalogue.checks import check
from bot.catalogue.document import Unreadable
from bot.catalogue.draft import Draft, File
from bot.catalogue.findings import Finding
from bot.catalogue.loaded import Kept, Loaded, content, recall, remember
from bot.catalogue.locales import Locales
from bot.catalogue.making import Gathered, Maker
from bot.catalogue.model import Article, Ask, Catalogue, Flow, Form, Menu, Target, Text
from bot.catalogue.points import HelpPoint
from bot.catalogue.reading import COUNTRY, TEMPLATE, Reader
from bot.catalogue.shaping import shape
from bot.catalogue.source import parse
from bot.catalogue.words import Words
from bot.text import LANGUAGES

#: Errors that time brings without an edit: the bot says that the number is being checked, and goes on serving.
TIMELY: Final = frozenset({"fact-without-value"})


def load(
    root: Path,
    *,
    as_of: date,
    previous: Catalogue | None = None,
    kept: Kept = (),
    cache: Cache | None = None,
    known: Loaded | None = None,
) -> Loaded:
    """Load the folder that holds ``flows/``, ``content/`` and ``locales/``; never raises for what editors wrote.

    ``as_of`` is the day for which facts and reviews are checked; against ``previous`` removed nodes are found. Without
    a ``previous`` the ``cache`` spares all of it, as long as nothing has changed; texts that an earlier load has made,
    ``known``, are not made again.
    """
    if cache is None or previous is not None:
        return _load(root, as_of, previous, kept, known)
    made_from = content(root, as_of)
    loaded = recall(cache, made_from, kept)
    if loaded is None:
        loaded = _load(root, as_of, kept=kept)
        if loaded.catalogue is not None and content(root, as_of) == made_from:  # not edited meanwhile
            remember(cache, made_from, kept, loaded)
    return loaded


def _load(
    root: Path, as_of: date, previous: Catalogue | None = None, kept: Kept = (), known: Loaded | None = None
) -> Loaded:
    locales = Locales.load(root / "locales")
    draft, unshaped = read_draft(root, locales, as_of, previous, kept, known)
    texts = [said.text for said in draft.texts]
    findings = {*unshaped, *_of_translations(locales, texts, draft), *check(draft)}
    serves = all(finding.level == "warning" or finding.rule in TIMELY for finding in findings)
    return Loaded(
        catalogue=draft.catalogue if serves else None,
        findings=tuple(sorted(findings, key=lambda finding: (finding.at, finding.rule, finding.what))),
        completeness=locales.completeness(texts),
        counts={
            "flows": len(draft.flows),
            "articles": len(draft.articles),
            "facts": len(draft.facts),
            "points": len(draft.points),
            "places": len(draft.places),
            "terms": len(draft.catalogue.terms),
            "deadlines": len(draft.deadlines),
            "texts": len(texts),
        },
        texts={text.key: text for text in texts},
        translations=locales.digest,
        sources={(file.id, draft.catalogue.flows[file.id].version): file.raw for file in draft.flows.values()},
    )


def _of_translations(locales: Locales, texts: list[Text], draft: Draft) -> list[Finding]:
    """A translation is not unused because its text stands in a file that is broken for the moment."""
    found = locales.findings(texts)
    return [finding for finding in found if finding.rule != "unused-translation" or not draft.broken]


def _forms(locales: Locales, known: Loaded | None) -> Callable[[str, str], Mapping[str, Form]]:
    """A text in every language; as it is known, when neither it nor any translation has changed."""
    if known is None or known.translations != locales.digest:
        return locales.forms
    texts = known.texts

    def forms(key: str, source: str) -> Mapping[str, Form]:
        text = texts.get(key)
        return text.forms if text is not None and text.source == source else locales.forms(key, source)

    return forms


def read_draft(
    root: Path,
    locales: Locales,
    as_of: date,
    previous: Catalogue | None = None,
    kept: Kept = (),
    known: Loaded | None = None,
) -> tuple[Draft, list[Finding]]:
    """Everything that has its shape, and what kept the rest from it; nothing is checked yet."""
    reader = Reader(root)
    into = Gathered(forms=_forms(locales, known))
    draft = _build(reader, into, as_of, previous, kept)
    strays = (finding for finding in reader.strays("flows", "content") if "/transcripts/" not in finding.at.file)
    return draft, [*reader.findings, *into.findings, *strays]


def _build(reader: Reader, into: Gathered, as_of: date, previous: Catalogue | None, kept: Kept) -> Draft:
    flow_files = reader.files("flows/*.yaml", shapes.Flow)
    article_files = reader.files("content/articles/*/*.yaml", shapes.Article)
    facts = reader.entries(
        (file.document, key, key, fact)
        for file in reader.files("content/facts/*.yaml", shapes.Facts).values()
        for key, fact in file.shape.root.items()
    )
    points = reader.entries(
        (file.document, index, point.id, point)
        for file in reader.files("content/help_points/*.yaml", shapes.HelpPoints).values()
        for index, point in enumerate(file.shape.root)
    )
    places = reader.entries(
        (file.document, key, key, place)
        for file in reader.files("content/places/*.yaml", shapes.Places).values()
        for key, place in file.shape.root.items()
    )
    terms = reader.entries(
        (file.document, key, key, term)
        for file in reader.files("content/glossary/*.yaml", shapes.Glossary).values()
        for key, term in file.shape.root.items()
    )
    rules = reader.entries(
        (file.document, key, key, rule)
        for file in reader.files("content/deadlines/*.yaml", shapes.Deadlines).values()
        for key, rule in file.shape.root.items()
    )
    calendars = reader.files("content/calendars/*.yaml", shapes.Calendar, COUNTRY)
    needs = reader.entries(
        (file.document, key, key, need)
        for file in reader.files("content/needs.yaml", shapes.Needs).values()
        for key, need in file.shape.root.items()
    )
    organisations = reader.entries(
        (file.document, index, one.id, one)
        for file in reader.files("content/organisations.yaml", shapes.Organisations).values()
        for index, one in enumerate(file.shape.root)
    )
    asking = reader.files("content/asking.yaml", shapes.Asking)
    phrases = reader.one("content/phrases.yaml", shapes.Phrases)
    words = reader.one("content/words.yaml", shapes.WordLists)
    lures = reader.files("content/lures.yaml", shapes.Lures)
    templates = reader.files("content/templates/*.yaml", shapes.Template, TEMPLATE)
    examples = reader.files("content/examples.yaml", shapes.Examples)
    titles = _titles(flow_files, article_files, into)
    flows = {id: build_flow(file, titles, into) for id, file in flow_files.items()}
    articles = {id: build_article(file, titles[f"article:{id}"], into) for id, file in article_files.items()}
    marked = [entry.shape.name for entry in points.values() if entry.shape.marks]
    built_words = build_words(words, lures.get("lures"), marked) if words else Words(commands={}, danger={}, yes_no={})
    archive = _archive(kept, flows, titles, into)
    shown = {key: build_point(entry, into) for key, entry in points.items() if not why_hidden(entry.shape)}
    catalogue = Catalogue(
        version=_version(reader),
        flows=flows,
        articles=articles,
        facts={key: build_fact(entry, into) for key, entry in facts.items()},
        points=shown,
        organisations={key: build_organisation(entry, into) for key, entry in organisations.items()},
        asking=build_asking(asking["asking"], into) if asking else {},
        places={key: build_place(entry) for key, entry in places.items()},
        deadlines={key: build_deadline(entry, into) for key, entry in rules.items()},
        calendars={country: build_calendar(file) for country, file in calendars.items()},
        phrases=build_phrases(phrases, into) if phrases else {},
        words=built_words,
        examples=build_examples(examples["examples"]) if examples else {},
        needs={key: build_need(entry) for key, entry in needs.items()},
        terms={key: build_term(entry) for key, entry in terms.items()},
        templates={name: build_template(file, into) for name, file in templates.items()},
        archive=archive,
        tokens=_tokens(
            [*archive.values(), *flows.values()], [*articles.values()], [*shown.values()], built_words, [*organisations]
        ),
    )
    return Draft(
        as_of=as_of,
        flows=flow_files,
        articles=article_files,
        facts=facts,
        points=points,
        organisations=organisations,
        places=places,
        deadlines=rules,
        calendars=calendars,
        needs=needs,
        phrases=phrases,
        words=words,
        texts=tuple(into.said),
        conditions=tuple(into.conditions),
        catalogue=catalogue,
        previous=previous,
        broken=frozenset(reader.broken),
    )


def _titles(
    flows: Mapping[str, File[shapes.Flow]], articles: Mapping[str, File[shapes.Article]], into: Gathered
) -> Titles:
    titles = {}
    for id, flow in flows.items():
        make = Maker(into=into, document=flow.document, owner=("flow", id))
        titles[f"flow:{id}"] = make.text(f"flows.{id}.title", flow.shape.title, "title", kind="label")
    for id, article in articles.items():
        make = Maker(into=into, document=article.document, owner=("article", id))
        titles[f"article:{id}"] = make.text(f"articles.{id}.title", article.shape.title, "title", kind="label")
    return titles


def _archive(kept: Kept, flows: Mapping[str, Flow], titles: Titles, into: Gathered) -> dict[tuple[str, str], Flow]:
    """Older versions, with today's texts where the key still exists. What can no longer be read is left out: its
    sessions go on in the current version, by ``successors``."""
    today = {said.text.key: said.text.forms for said in into.said}

    def forms(key: str, source: str) -> Mapping[str, Form]:
        return today[key] if key in today else into.forms(key, source)

    archive: dict[tuple[str, str], Flow] = {}
    for id, version, source in kept:
        if id in flows and flows[id].version == version:
            continue
        try:
            document = parse(source, f"flows/{id}.yaml@{version}")
        except Unreadable:
            continue
        shaped, _ = shape(document, shapes.Flow)
        if shaped is not None:
            file = File(id=id, document=document, raw=source, shape=shaped)
            own = Gathered(forms=forms)
            named = {**_titles({id: file}, {}, own), **titles}
            archive[id, version] = build_flow(file, named, own)
    return archive


def _tokens(
    flows: Sequence[Flow],
    articles: Sequence[Article],
    points: Sequence[HelpPoint],
    words: Words,
    organisations: Sequence[str],
) -> dict[str, Target]:
    """Everything that has a public id, in older versions of flows too."""
    needs = sorted({need for having in (articles, points) for one in having for need in one.needs})
    targets = [
        *(Target(kind="language", id=code) for code in LANGUAGES),
        *(Target(kind="command", id=name) for name in words.commands),
        *(Target(kind="flow", id=flow.id) for flow in flows),
        *(Target(kind="article", id=article.id) for article in articles),
        *(Target(kind="details", id=article.id) for article in articles),
        *(Target(kind="help", id=need) for need in needs),
        *(Target(kind="alerts-off", id=id) for id in organisations),
        *(Target(kind=kind, id=point.key) for point in points for kind in ("silent", "save")),
        *(Target(kind="point", id=point.key, option=need) for point in points for need in needs),
        *(
            Target(kind="option", id=flow.id, node=name, option=option.id)
            for flow in flows
            for name, node in flow.nodes.items()
            if isinstance(node, Ask | Menu)
            for option in node.options
        ),
    ]
    return {target.token: target for target in targets}


def _version(reader: Reader) -> str:
    """A hash of the files: two catalogues of one version answer alike."""
    digest = blake2b(digest_size=8)
    digest.update(reader.digest.digest())
    for path in sorted(reader.root.glob("locales/*/LC_MESSAGES/*.po")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
