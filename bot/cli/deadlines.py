"""``safar deadlines``: a person's legal terms, each with its rule and source."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

import click

from bot.catalogue import Catalogue, DeadlineEvent
from bot.cli.content import open_catalogue, root_option
from bot.guidance import EVENTS, Deadline, Stay, plain
from bot.guidance import deadlines as reckon
from bot.text import LANGUAGES, SOURCE, format_date, format_quantity

#: Event -> what its date is.
NAMES: Final[dict[DeadlineEvent, str]] = {
    "entry": "въезд",
    "entry_other": "въезд не для работы",
    "entry_moscow": "въезд в Москву или область для работы",
    "entry_urgent": "срочный въезд: близкий болен или умер",
    "move": "переезд на новый адрес",
    "move_moscow": "переезд с «Аминой»",
    "return_moscow": "возвращение в Москву или область",
    "amina_silent": "первый день без связи с «Аминой»",
    "registration_end": "последний день регистрации",
    "stay_end": "последний законный день",
    "medical_issued": "выдача медицинских документов",
    "patent_applied": "документы на патент приняты",
    "patent_issued": "выдача патента",
    "patent_paid_until": "последний оплаченный день патента",
    "patent_duplicate_asked": "заявление на дубликат патента",
    "policy_end": "последний день полиса",
    "exam_issued": "выдача сертификата экзамена",
    "permit_issued": "выдача разрешения (Казахстан)",
    "permit_paid_until": "последний оплаченный день разрешения (Казахстан)",
    "work_started": "первый день работы",
    "contract_signed": "подписан договор",
    "contract_ended": "последний день договора",
    "wage_period_end": "последний день отработанного периода",
    "wage_day": "день, когда должны были заплатить",
    "dismissal_order": "получена копия приказа об увольнении",
    "papers_asked": "письменная просьба о копиях документов",
    "migration_card_lost": "потеря миграционной карты",
    "passport_lost": "потеря паспорта",
    "registry_listed": "запись в реестр контролируемых лиц",
    "decision": "получена копия постановления",
    "fine_in_force": "постановление о штрафе вступило в силу",
    "fine_with_expulsion": "постановление о штрафе и выдворении вступило в силу",
    "ban_known": "узнали о запрете на въезд",
    "expelled": "день выдворения",
    "detention": "задержание",
    "birth": "рождение ребёнка",
    "death": "смерть",
    "school_application": "заявление в школу",
    "school_sent_to_test": "школа направила на тест",
    "school_test_failed": "тест для школы не сдан",
}
_ONE_DAY: Final = "write it as 2026-03-05 or 05.03.2026"
_TWO_DAYS: Final = "write it as 2026-01-10..2026-02-20"


class _Day(click.ParamType[date]):
    name = "DATE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        for form in ("%Y-%m-%d", "%d.%m.%Y"):
            try:
                return datetime.strptime(value, form).replace(tzinfo=UTC).date()
            except ValueError:
                continue
        self.fail(f'"{value}" is not a date; {_ONE_DAY}', param, ctx)


class _Visit(click.ParamType[Stay]):
    name = "FROM..TO"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Stay:
        if isinstance(value, Stay):
            return value
        start, dots, end = value.partition("..")
        if not dots:
            self.fail(f'"{value}" is not a stay; {_TWO_DAYS}, or 2026-01-10.. if it goes on', param, ctx)
        entered, left = (_Day().convert(day, param, ctx) if day else None for day in (start, end))
        if entered is None:
            self.fail(f'"{value}" has no day of entry; {_TWO_DAYS}', param, ctx)
        if left is not None and left < entered:
            self.fail(f'"{value}" ends before it begins; write the day of entry first', param, ctx)
        return Stay(entered, left)


_Command = Callable[..., Any]


def _event_options(command: _Command) -> _Command:
    for event in reversed(EVENTS):
        option = click.option(f"--{event.replace('_', '-')}", event, type=_Day(), help=f"{NAMES[event].capitalize()}.")
        command = option(command)
    return command


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For programs: a list of the terms, in the order of their dates.")
@click.option("--citizenship", type=click.Choice(["UZ", "TJ", "KG"]), required=True, help="Of the person.")
@click.option("--country", type=click.Choice(["RU", "KZ"]), required=True, help="Where the person is, or goes to.")
@click.option("--stay", "stays", type=_Visit(), multiple=True, help="A visit to the country; give all of them.")
@click.option("--today", type=_Day(), help="Count as on that day.")
@click.option("--language", type=click.Choice(tuple(LANGUAGES)), default=SOURCE, help="Of titles and actions.")
@root_option
@_event_options
def deadlines(
    as_json: bool,
    citizenship: str,
    country: str,
    stays: tuple[Stay, ...],
    today: date | None,
    language: str,
    root: Path | None,
    **dates: date | None,
) -> None:
    """Count a person's legal terms from the dates of what happened, each with its rule and source.

    Every event is an option with its date; days of visits are given with --stay.
    """
    events = {event: day for event in EVENTS if (day := dates[event]) is not None}
    if not events and not stays:
        raise click.UsageError(
            "nothing to count from; give a date (--entry 2026-03-05) or a visit (--stay 2026-03-05..)"
        )
    catalogue = open_catalogue(root)
    day = today or datetime.now(UTC).date()
    found = reckon(catalogue, citizenship=citizenship, country=country, events=events, today=day, stays=stays)
    words = _Words(catalogue, {"citizenship": citizenship, "country": country}, day, language)
    if as_json:
        click.echo(json.dumps([words.record(one) for one in found], ensure_ascii=False, indent=2))
        return
    for one in found:
        click.echo(words.block(one))
        click.echo()
    if not found:
        click.echo("По этим датам сроков нет.")


class _Words:
    """A term for programs, and for people."""

    def __init__(self, catalogue: Catalogue, profile: dict[str, str], today: date, language: str) -> None:
        self.catalogue = catalogue
        self.profile = profile
        self.today = today
        self.language = language

    def text(self, deadline: Deadline, name: str) -> str:
        unsure = self.catalogue.phrases.get("fact-unsure")
        return plain(
            self.catalogue,
            getattr(deadline.rule, name),
            profile=self.profile,
            today=self.today,
            language=self.language,
            unsure=unsure.plain(self.language) if unsure else "?",
        )

    def record(self, deadline: Deadline) -> dict[str, Any]:
        rule, why, counted = deadline.rule, deadline.why, deadline.counted
        return {
            "id": rule.id,
            "kind": rule.kind,
            "title": self.text(deadline, "title"),
            "due": _iso(deadline.due),
            "state": deadline.state,
            "days_left": deadline.days_left,
            "past": deadline.is_past,
            "estimate": deadline.is_estimate,
            "certain": deadline.is_certain,
            "act_by": _iso(deadline.act_by),
            "action": self.text(deadline, "action"),
            "consequence": self.text(deadline, "consequence"),
            "rule": {
                "event": why.event,
                "event_date": _iso(why.event_date),
                "event_from": why.event_from or None,
                "direction": rule.direction,
                "fact": why.fact or None,
                "value": why.value,
                "unit": why.unit or None,
                "counts_first_day": rule.counts_first_day,
                "ends": _iso(why.ends),
            },
            "used": None
            if counted is None
            else {"since": _iso(counted.since), "on": _iso(counted.on), "days": counted.used, "left": counted.left},
            "source": {
                "title": rule.source.title,
                "url": rule.source.url,
                "page_date": rule.source.page_date,
                "checked": _iso(why.checked),
            },
            "confidence": rule.confidence,
        }

    def block(self, deadline: Deadline) -> str:
        """The date and the duty, what to do or what follows, why, and where it is written."""
        notes = [
            *([] if deadline.is_certain else ["точно не известно"]),
            *(["дата примерная"] if deadline.is_estimate else []),
            *([f"учреждения открыты до {deadline.act_by:%d.%m.%Y}"] if deadline.act_by else []),
        ]
        lines = [
            f"{self._when(deadline)}  {self.text(deadline, 'title')}" + (f" ({'; '.join(notes)})" if notes else ""),
            f"    {self.text(deadline, 'consequence' if deadline.is_past else 'action')}",
            f"    Почему: {self._why(deadline)}",
            f"    Источник: {deadline.rule.source.title}; проверено {deadline.why.checked:%d.%m.%Y}",
        ]
        return "\n".join(lines)

    def _when(self, deadline: Deadline) -> str:
        if deadline.due is None:
            return "срок проверяют" if deadline.state == "unsure" else "сейчас не идёт"
        day = f"{deadline.due:%d.%m.%Y}"
        if deadline.is_past:
            return f"{day}, прошёл"
        if deadline.rule.kind == "earliest":
            return f"с {day}"
        if deadline.rule.kind == "worsens":
            return f"после {day} хуже"
        return f"до {day}, осталось {format_quantity(deadline.days_left or 0, 'days', SOURCE)}"

    def _why(self, deadline: Deadline) -> str:
        rule, why = deadline.rule, deadline.why
        event = NAMES[why.event] + (f" {format_date(why.event_date, SOURCE)}" if why.event_date else "")
        if why.event_from:
            event += f" (по правилу {why.event_from})"
        if why.ends is not None:
            event += f", действует до {format_date(why.ends, SOURCE)}"
        if not why.fact:
            return f"{event}, в тот же день"
        if why.value is None:
            return f"{event}; число {why.fact} сейчас проверяют"
        term = (
            f"{why.value:g} число следующего месяца"
            if rule.term is not None and rule.term.day_of_next_month
            else format_quantity(why.value, why.unit, SOURCE)
        )
        if deadline.counted is not None:
            spent = deadline.counted
            return (
                f"{event}; {term}, с {spent.since:%d.%m.%Y} по {spent.on:%d.%m.%Y} прошло {spent.used}, "
                f"осталось {spent.left}"
            )
        first = ", день события первый" if rule.direction == "after" and rule.counts_first_day else ""
        return f"{event}; {term} {'до' if rule.direction == 'before' else 'после'} события{first}"


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
