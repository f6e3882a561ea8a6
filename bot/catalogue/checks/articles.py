"""What an article owes its readers: sources, a review, questions, and care where the topic is dangerous."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from bot.catalogue.draft import Draft, File
from bot.catalogue.findings import Finding
from bot.catalogue.shapes import Article
from bot.catalogue.shapes import flow as shapes
from bot.text import fold

MIN_QUESTIONS: Final = 6
_ASKED: Final = ("ru", "uz", "tg", "ky")
#: Who can see the chat is said before these (THREATS T18).
SENSITIVE: Final = frozenset({"hiv", "trafficking", "detention", "violence"})


def articles(draft: Draft) -> Iterator[Finding]:
    for file in draft.articles.values():
        shape = file.shape
        if shape.status == "verified" and not shape.sources:
            what, remedy = "the article is verified without a source", "add sources, or write status: unverified"
            yield Finding(at=file.at("status"), rule="unsourced", what=what, remedy=remedy)
        if shape.review_by < draft.as_of:
            what, remedy = f"the review was due on {shape.review_by}", "check the article, set a new review_by"
            yield Finding(at=file.at("review_by"), rule="review-overdue", what=what, remedy=remedy, level="warning")
        if SENSITIVE.intersection(shape.needs) and not shape.sensitive:
            need = min(SENSITIVE.intersection(shape.needs))
            what, remedy = f'an article about "{need}" is not marked', "add sensitive: true"
            yield Finding(at=file.at("needs"), rule="not-sensitive", what=what, remedy=remedy)
        for language in _ASKED:
            if len(shape.questions.get(language, ())) < MIN_QUESTIONS:
                at = file.document.key_at("questions", language)
                what, remedy = f"fewer than {MIN_QUESTIONS} questions in {language}", "add ways to ask for this article"
                yield Finding(at=at, rule="few-questions", what=what, remedy=remedy, level="warning")
    for flow in draft.flows.values():
        for name, node in flow.shape.nodes.items():
            shown = draft.articles.get(node.show.partition(":")[2]) if isinstance(node, shapes.Show) else None
            if shown and shown.shape.sensitive and not flow.shape.sensitive:
                what = f'the flow shows the sensitive article "{shown.id}" and is not marked'
                at = flow.at("nodes", name, "show")
                yield Finding(at=at, rule="not-sensitive", what=what, remedy="add sensitive: true to the flow")


def questions(draft: Draft) -> Iterator[Finding]:
    """The same words asked of two articles that serve the same people: which of them would a person get?"""
    asked: dict[frozenset[str], list[tuple[File[Article], str]]] = defaultdict(list)
    for file in draft.articles.values():
        for language, given in file.shape.questions.items():
            for index, question in enumerate(given):
                others = asked[frozenset(fold(question).split())]
                rivals = (one for one in others if one[0].id != file.id and _same_people(one[0].shape, file.shape))
                if rival := next(rivals, None):
                    what = f'"{question}" asks for {rival[0].id} too: "{rival[1]}"'
                    at = file.at("questions", language, index)
                    remedy = "leave it to one of them, or say what tells them apart"
                    yield Finding(at=at, rule="same-question", what=what, remedy=remedy, level="warning")
                others.append((file, question))


def _same_people(one: Article, other: Article) -> bool:
    return not (set(one.for_).isdisjoint(other.for_) or set(one.in_).isdisjoint(other.in_))
