"""Which languages a segment's people may speak. Pure."""

from bot.delivery.broadcasts.rule import All, Any, Is, Rule
from bot.text import LANGUAGES


def languages_of(rule: Rule) -> tuple[str, ...]:
    """Every language in which somebody may match, whatever else they told."""
    return tuple(code for code in LANGUAGES if _holds(rule, code) is not False)


def _holds(rule: Rule, language: str) -> bool | None:
    """None: it depends on more than the language."""
    if isinstance(rule, Is):
        return language in rule.values if rule.key == "language" else None
    if isinstance(rule, All | Any):
        decisive = isinstance(rule, Any)
        parts = {_holds(one, language) for one in rule.of}
        return decisive if decisive in parts else None if None in parts else not decisive
    held = _holds(rule.of, language)
    return None if held is None else not held
