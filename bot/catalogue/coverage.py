"""The coverage page: what serves each need, and how well each topic is served. Made from the catalogue alone."""

from collections.abc import Iterator
from typing import Final

from bot.catalogue.model import Article, Catalogue, Need
from bot.text import LANGUAGES, SOURCE

_WORDING: Final = {"machine": "machine", "reviewed": "reviewed", "native-checked": "native"}


def coverage(catalogue: Catalogue) -> str:
    """The page as Markdown; the same for the same content, whatever the day."""
    return "\n".join(_page(catalogue))


def _page(catalogue: Catalogue) -> Iterator[str]:
    needs, articles = catalogue.needs, catalogue.articles
    served = sum(bool(need.by or need.feature) for need in needs.values())
    yield from (
        "# What is covered",
        "",
        "Made by `safar coverage --write docs/coverage.md`; edit `content/needs.yaml` and the articles instead.",
        "",
        f"{served} of {len(needs)} needs are served in whole or in part; {len(articles)} topics, of which "
        f"{sum(article.verified for article in articles.values())} are verified by their sources.",
        "",
        "## Needs",
        "",
        "| # | need | served by | not yet |",
        "| --- | --- | --- | --- |",
    )
    for number, need in sorted(needs.items(), key=lambda one: int(one[0])):
        yield f"| {number} | {need.need} | {_served(need)} | {need.not_yet} |"
    yield from (
        "",
        "## Topics",
        "",
        "A wording is *machine* until somebody but its writer has read it, *reviewed* after a second reader, *native*",
        "when somebody who grew up with the language has. Uzbek Cyrillic is made from Latin by rule.",
        "",
        f"| topic | for | in | status | {' | '.join(LANGUAGES)} | sources | oldest check |",
        f"| --- | --- | --- | --- |{' --- |' * len(LANGUAGES)} --- | --- |",
    )
    for article in sorted(articles.values(), key=lambda one: (one.section, one.id)):
        yield _topic(article)
    yield ""


def _served(need: Need) -> str:
    return "; ".join([*(f"`{target}`" for target in need.by), *([need.feature] if need.feature else [])])


def _topic(article: Article) -> str:
    texts = [article.title, *(branch.text for branch in article.answer)]
    wording = []
    for language in LANGUAGES:
        is_whole = language == SOURCE or all(text.forms[language].state == "current" for text in texts)
        wording.append(_WORDING[article.wording[language]] if is_whole else "missing")
    checks = sorted(source.checked for source in article.sources)
    return (
        f"| {article.section}/{article.id} | {' '.join(sorted(article.citizenships))} | "
        f"{' '.join(sorted(article.countries))} | {'verified' if article.verified else 'unverified'} | "
        f"{' | '.join(wording)} | {len(checks)} | {checks[0] if checks else '-'} |"
    )
