"""What a typed message means. The order is the rule: safety first, then the question that waits, then the rest."""

import re
from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from bot.answers import Answer, Corridor
from bot.catalogue import Ask, Menu, Target
from bot.conversation.alerting import code_alone, knows
from bot.conversation.answering import Unfit, read
from bot.conversation.articles import show_article
from bot.conversation.choosing import choose, show_aside, show_last_details, take_token, toggle
from bot.conversation.commands import obey
from bot.conversation.model import Choice, Count, Unanswered
from bot.conversation.news import hold, is_asked_for, offer_person, pass_on, show_news
from bot.conversation.page import shown
from bot.conversation.placing import miss_place, take_place, waits_for_place
from bot.conversation.talk import Talk
from bot.conversation.waiting import offer, visible, wait
from bot.conversation.walking import give, open_flow, push, repeat
from bot.text import ELSEWHERE, LANGUAGES, fold, parse_number

#: Commands that come before everything else.
_URGENT: Final = ("hide", "delete", "stop")
#: Commands that are one only where they are no answer; as the first word of a short message too.
_COURTESY: Final = ("hello", "thanks")
_MORE: Final = Target(kind="command", id="more").token
_SHORT: Final = 5
_MAX_FLOWS: Final = 2
_LIST: Final = re.compile(r"[,;]")


def take_text(talk: Talk, text: str) -> None:
    word = fold(text)
    command = talk.prepared.commands.get(word, "")
    if command in _URGENT and obey(talk, command):
        return
    if is_asked_for(talk, word) and show_news(talk):
        return
    branch = talk.prepared.answers.danger(text)
    if branch:
        if talk.waiting is not None and _named(talk, talk.waiting, text, exactly=True):
            return  # the question knows this answer and goes on from it
        talk.rest()
        open_flow(talk, "emergency", answers={"branch": branch})
        hold(talk, text)
        if "language" not in talk.profile:
            talk.page.foot.append(talk.language_button())
        return
    if command not in _COURTESY and (show_last_details(talk) if command == "details" else obey(talk, command)):
        return
    if talk.stack and talk.at_home and _opened(talk, word):
        return
    unfit = _answer(talk, text, word)
    if unfit is None:
        return
    talk.rest()
    if _checked(talk, text):
        return
    if talk.with_person and not isinstance(talk.waiting, Ask):
        if not (_opened(talk, word) or _at_top(talk, text) or _known(talk, text)):
            pass_on(talk, text)
    elif command in _COURTESY:
        obey(talk, command)
    elif _says_nothing(talk, word, command):
        repeat(talk)
    elif not (_opened(talk, word) or _at_top(talk, text) or _questioned(talk, text, word) or _greeted(talk, word)):
        _missed(talk, unfit, text)


def _checked(talk: Talk, text: str) -> bool:
    """The code of an alert, alone. While a person answers, only one that is known: other digits are for them."""
    code = code_alone(talk, text)
    if not code or "check" not in talk.prepared.catalogue.flows or (talk.with_person and not knows(talk, code)):
        return False
    return open_flow(talk, "check", answers={"code": code})


# the waiting node's own answer


def _answer(talk: Talk, text: str, word: str) -> Unfit | None:
    """None when it was taken."""
    node = talk.waiting
    unfit = Unfit("dont-know")
    place = waits_for_place(talk)
    if place is not None:
        waits = take_place(talk, place, text)
        if waits is None:
            return None
        unfit = waits
    elif isinstance(node, Ask) and node.answer not in {"choice", "yes_no"}:
        value = read(node, text, talk.today, talk.profile.get("country", ""))
        if not isinstance(value, Unfit):
            give(talk, node, value)
            return None
        unfit = value
    elif node is not None:
        if isinstance(node, Ask):
            unfit = Unfit("bad-yes-no" if node.answer == "yes_no" else "not-understood-choices")
            if node.many and _LIST.search(text):
                return _several(talk, node, text)
        if _named(talk, node, text, exactly=True):
            return None
    number = parse_number(text) if " " not in word else None
    offered = shown(talk.session.offered, talk.session.first, talk.channel, _MORE)
    if number is not None and number in range(1, len(offered) + 1):
        take_token(talk, offered[int(number) - 1])
        return None
    if node is not None and _named(talk, node, text):
        return None
    return Unfit("pick-number") if number is not None and unfit.phrase == "not-understood-choices" else unfit


def _spot(talk: Talk) -> tuple[str, str, str]:
    return talk.top.flow, talk.top.version, talk.top.node


def _named(talk: Talk, node: Ask | Menu, text: str, exactly: bool = False) -> bool:
    if isinstance(node, Ask) and node.answer == "yes_no":
        said = talk.prepared.yes_no.get(fold(text))
        return said is not None and choose(talk, node, said)
    find = talk.prepared.named if exactly else talk.prepared.nearest
    option = find(_spot(talk), text, {option.id for option in visible(talk, node)})
    return option is not None and choose(talk, node, option)


def _several(talk: Talk, node: Ask, text: str) -> Unfit | None:
    """``1, 3`` or ``паспорт, патент``: all of them, or none when one is not understood."""
    options = visible(talk, node)
    chosen: list[str] = []
    for member in filter(str.strip, _LIST.split(text)):
        number = parse_number(member)
        if number is not None and number in range(1, len(options) + 1):
            chosen.append(options[int(number) - 1].id)
        elif (named := talk.prepared.nearest(_spot(talk), member, {option.id for option in options})) is not None:
            chosen.append(named)
        else:
            return Unfit("not-understood-choices")
    toggle(talk, node, chosen)
    return None


# questions and everything else


def _says_nothing(talk: Talk, word: str, command: str) -> bool:
    """A smile, a "yes" or "skip" where nothing was asked: no question of its own, and no mistake either."""
    return not isinstance(talk.waiting, Ask) and (not word or bool(command) or word in talk.prepared.yes_no)


def _greeted(talk: Talk, word: str) -> bool:
    first, *others = word.split() or [""]
    command = talk.prepared.commands.get(first, "")
    return command in _COURTESY and len(others) < _SHORT and obey(talk, command)


def _opened(talk: Talk, word: str) -> bool:
    flow = talk.prepared.openers.get(word)
    if flow is None:
        return False
    return _keep(talk, Target(kind="flow", id=flow).token) if talk.new else open_flow(talk, flow)


def _at_top(talk: Talk, text: str) -> bool:
    """A line of the first menu is known from any other one."""
    menu = talk.prepared.catalogue.flows.get("menu")
    node = menu.nodes.get(menu.start) if menu else None
    if menu is None or not isinstance(node, Menu) or isinstance(talk.waiting, Ask) or talk.new:
        return False
    options = {option.id for option in visible(talk, node)}
    option = talk.prepared.named((menu.id, menu.version, menu.start), text, options)
    if option is None:
        return False
    talk.stack.clear()
    push(talk, menu)
    return choose(talk, node, option)


def _keep(talk: Talk, token: str) -> bool:
    """What someone new asked for is shown as soon as they have chosen a language."""
    talk.then = token
    return open_flow(talk, "language")


def _questioned(talk: Talk, text: str, word: str) -> bool:
    """A question of its own: a sure match is answered at once, a less sure one is offered where no question waits."""
    prepared, profile = talk.prepared, talk.profile
    answer = _found(talk, text)
    asked = isinstance(talk.waiting, Ask)
    named = [] if asked else prepared.named_flows(word)[:_MAX_FLOWS]
    if answer.kind == "none" and named == ["help"] and not talk.new:
        return open_flow(talk, "help")
    if answer.kind in {"smalltalk", "other_language"}:
        return not talk.new and _REMARKS[answer.kind](talk, answer)
    if answer.kind == "none":
        nearest = answer.topics[0] if answer.topics else "nothing"
        talk.effects.append(Count(f"unanswered:{nearest}"))
        if profile.get("share") == "yes":
            words = prepared.answers.scrub(text)
            talk.effects.append(Unanswered(words=words, language=answer.language, nearest=nearest))
        answer = msgspec.structs.replace(answer, topics=())
    return _answered(talk, text, answer, named)


def _found(talk: Talk, text: str) -> Answer:
    profile = talk.profile
    corridor = Corridor(citizenship=profile.get("citizenship", ""), country=profile.get("country", ""))
    return talk.prepared.answers.find(text, corridor, profile.get("language", ""))


def _known(talk: Talk, text: str) -> bool:
    """While a person answers, the bot answers what it surely knows, and lets these words be passed on too."""
    answer = _found(talk, text)
    return answer.kind == "article" and _answered(talk, text, answer, []) and hold(talk, text)


def _answered(talk: Talk, text: str, answer: Answer, named: list[str]) -> bool:
    articles, flows = talk.prepared.catalogue.articles, talk.prepared.catalogue.flows
    led = [flows[flow] for flow in named if flow != "help"]
    guided = [Target(kind="flow", id=flow.id).token for flow in led]
    if talk.new and answer.kind == "article" and answer.language:
        show_article(talk, articles[answer.topics[0]], alone=False)
        return open_flow(talk, "start")
    found = [articles[topic].token for topic in answer.topics]
    if talk.new:
        best = found + guided if answer.kind == "article" else guided + found
        return bool(best) and _keep(talk, best[0])
    if answer.kind != "article" and (isinstance(talk.waiting, Ask) or not (guided or found)):
        return False
    _speak(talk, answer.language)
    ways = [Choice(id=token, label=talk.label(flow.title)) for token, flow in zip(guided, led, strict=True)]
    if answer.kind == "article":
        show_aside(talk, articles[answer.topics[0]])
        others = [*([answer.also] if answer.also else ()), *(answer.topics[1:] if answer.close else ())]
        beside = [articles[topic] for topic in dict.fromkeys(others)]
        talk.page.extra[1:1] = [*(Choice(id=one.token, label=talk.label(one.title)) for one in beside), *ways]
        return True
    labels = {choice.label for choice in ways}
    offered = (Choice(id=articles[topic].token, label=talk.label(articles[topic].title)) for topic in answer.topics)
    talk.phrase("did-you-mean")
    talk.page.extra += [*ways, *(choice for choice in offered if choice.label not in labels)]
    talk.page.foot += [talk.button("help", "help-button"), talk.button("menu", "menu-button")]
    return True


def _speak(talk: Talk, language: str) -> None:
    """A question is answered in its own language, with a way to stay in it."""
    if language and language != talk.language:
        talk.language = language
        target = Target(kind="language", id=language)
        talk.page.foot.append(talk.choice(target, LANGUAGES[language].own_name))


def _remarked(talk: Talk, answer: Answer) -> bool:
    """Greetings, thanks, praise, insults, and asks for forged papers: something short and kind, and a way on."""
    _speak(talk, answer.language)
    talk.phrase(_PHRASES[answer.need])
    if answer.need == "forged":
        articles = (talk.prepared.catalogue.articles[topic] for topic in answer.topics)
        talk.page.extra += [Choice(id=one.token, label=talk.label(one.title)) for one in articles]
    if isinstance(talk.waiting, Ask):
        repeat(talk)
    else:
        talk.page.foot.append(talk.button("menu", "menu-button"))
    return True


def _foreign(talk: Talk, answer: Answer) -> bool:
    """A language that is not ours is told, in itself, which ones work."""
    others = talk.prepared.catalogue.words.other_languages
    say, _ = others.get(answer.language) or others.get(ELSEWHERE) or ("", ())
    if not say:
        return False
    talk.page.add(say)
    talk.said.append(f"other-language:{answer.language}")
    talk.page.extra += [
        talk.choice(Target(kind="language", id=code), language.own_name) for code, language in LANGUAGES.items()
    ]
    return True


_REMARKS: Final[Mapping[str, Callable[[Talk, Answer], bool]]] = {"smalltalk": _remarked, "other_language": _foreign}
#: Kind of remark -> what is answered.
_PHRASES: Final = {"smalltalk": "small-talk", "abuse": "keep-calm", "forged": "no-forged-papers"}


def _offer_sharing(talk: Talk) -> None:
    """Editors can write what was missing, if the person lets them read it; asked once."""
    flow = talk.prepared.catalogue.flows.get("share")
    if flow is not None and "share" not in talk.profile:
        talk.page.foot.append(Choice(id=Target(kind="flow", id=flow.id).token, label=talk.label(flow.title)))


def _missed(talk: Talk, unfit: Unfit, text: str) -> None:
    """A more exact question, then the choices with their numbers, then a person: never a third identical error."""
    node = talk.waiting
    if node is None:
        if not (talk.idle or talk.new or talk.lost):
            talk.phrase(unfit.phrase)
        repeat(talk)
        return
    place = waits_for_place(talk)
    if place is not None and miss_place(talk, place, text):
        return
    talk.misses += 1
    if talk.misses == 1:
        if isinstance(node, Ask) and node.retry is not None and unfit.phrase != "out-of-range":
            talk.text(node.retry)
            talk.said.append(f"{talk.top.flow}.{talk.top.node}.retry")
        else:
            talk.phrase(unfit.phrase)
        if unfit.phrase == "dont-know":
            _offer_sharing(talk)
        offer(talk, node)
    elif talk.misses == 2:
        talk.page.numbered = bool(node.options) or (isinstance(node, Ask) and node.answer == "yes_no")
        talk.phrase("pick-number" if talk.page.numbered else "not-understood")
        wait(talk, node)
    else:
        talk.misses = 0
        talk.phrase("ask-person")
        talk.page.choices.append(talk.button("help", "help-button"))
        offer_person(talk)
        if isinstance(node, Ask) and node.optional:
            talk.page.choices.append(talk.button("skip", "skip-button"))
        if not talk.at_home:
            talk.page.foot.append(talk.button("back", "back-button"))
        talk.page.foot.append(talk.button("menu", "menu-button"))
    hold(talk, text)
