"""The two views of an article: what to do first, and all of it."""

from bot.catalogue import Article, Branches, Target
from bot.conversation.model import Choice, Count, Link
from bot.conversation.talk import KEEPS, Talk
from bot.text import format_date

_RELATED = 3


def show_article(talk: Talk, article: Article, *, alone: bool) -> None:
    """The short view. ``alone``: nothing else is said after it, so that ways to related articles stand below."""
    say_who_can_see(talk, article.sensitive)
    _heading(talk, article)
    talk.branches(article.answer, between="\n")
    if _any(talk, article.today):
        _title(talk, "today-step")
        talk.branches(article.today, between="\n")
    _checked(talk, article)
    talk.said.append(f"article:{article.id}")
    talk.effects.append(Count(article.id))
    talk.plain = False
    details = Target(kind="details", id=article.id)
    label = talk.words("details-button")
    if any(choice.label == label for choice in talk.page.extra):
        label = talk.label(article.title)
    talk.page.extra.append(talk.choice(details, label))
    if alone:
        talk.page.extra += [*_nearest_help(talk, article), *related(talk, article)]


def show_details(talk: Talk, article: Article) -> None:
    """The steps, what to be careful about, the sources."""
    say_who_can_see(talk, article.sensitive)
    _heading(talk, article)
    number = 0
    for step in article.steps:
        if _any(talk, step):
            number += 1
            talk.page.add(f"{number}.", between="\n\n" if number == 1 else "\n")
            talk.branches(step, between=" ")
    if _any(talk, article.careful):
        _title(talk, "careful-title")
        talk.branches(article.careful, between="\n")
    if article.sources:
        _title(talk, "sources")
        for source in article.sources:
            talk.page.add(f"— {source.title}" + (f" ({source.page_date})" if source.page_date else ""), between="\n")
            if source.url:
                talk.page.links.append(Link(label=source.title, url=source.url))
    _checked(talk, article)
    talk.said.append(f"details:{article.id}")
    talk.plain = False


def related(talk: Talk, article: Article) -> list[Choice]:
    """Ways to related articles that serve this person."""
    articles = (talk.prepared.catalogue.articles.get(other) for other in article.related)
    fitting = [other for other in articles if other is not None and talk.serves(other)]
    return [Choice(id=other.token, label=talk.label(other.title)) for other in fitting[:_RELATED]]


def _nearest_help(talk: Talk, article: Article) -> list[Choice]:
    """The way to whoever helps with what the article is about."""
    if not article.needs or "help" not in talk.prepared.catalogue.flows:
        return []
    return [talk.choice(Target(kind="help", id=article.needs[0]), talk.words("nearest-help-button"))]


def say_who_can_see(talk: Talk, sensitive: bool) -> None:
    """Before the first sensitive topic of a session (T18)."""
    if sensitive and not talk.told:
        talk.told = True
        talk.phrase("who-can-see-stays" if talk.channel in KEEPS else "who-can-see")


def _any(talk: Talk, branches: Branches) -> bool:
    return any(talk.holds(branch.when) for branch in branches)


def _heading(talk: Talk, article: Article) -> None:
    words = talk.label(article.title)
    talk.page.add(words, ((0, len(words)),))


def _title(talk: Talk, key: str) -> None:
    words = talk.words(key)
    talk.page.add(words, ((0, len(words)),))


def _checked(talk: Talk, article: Article) -> None:
    """When the article was last checked; the details give the date of each source."""
    if article.sources:
        newest = max(source.checked for source in article.sources)
        talk.page.add(talk.words("checked-on", {"date": format_date(newest, talk.language)}))
    if not article.verified:
        talk.page.add(talk.words("unverified-note"), between="\n")
