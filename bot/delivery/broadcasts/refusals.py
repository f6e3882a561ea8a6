"""Why an act on an alert did not happen: values, which console, command line and API each put into words."""

from typing import Literal

import msgspec

Why = Literal[
    #: The account's roles do not give it.
    "no-right",
    #: There is no such alert of this organisation.
    "unknown",
    #: Not in this state: see ``Refused.state``.
    "state",
    #: Somebody saved a newer version, or it is not what was looked at.
    "changed",
    #: What it names may be an offence to show by now (T25).
    "barred",
    #: After a restore an admin decides.
    "admin",
    #: It may have gone out to everybody after the backup that was restored: ask, and come again with ``again=True``.
    "may-have-gone",
    #: Errors among ``Refused.findings`` must be mended first.
    "findings",
    #: Under ten would get it, and no admin gave a reason (THREATS T70).
    "small",
    #: The organisation's alerts of seven days, or its two of a day about danger to life, are used up.
    "week-limit",
    "day-limit",
    #: The same texts went to the same segment within 30 days: ask, and come again with ``again=True``.
    "again",
    #: The number that was typed is not the one that was shown (T34).
    "wrong-count",
    #: What was shown is not nearly true any more: count anew.
    "moved",
    #: A fact changed since it was proposed: withdraw the proposal, look at the texts, propose anew.
    "facts-changed",
    #: The account wrote or edited it, or proposed it (T33).
    "own",
    #: The account is younger than a day (T33).
    "young",
    #: A correction waits until the alert that it corrects is cancelled or done: else somebody would get it later.
    "runs-on",
    #: Nobody got it, so there is nothing to correct.
    "nobody",
    #: The index of contacts is being built; it takes up to 20 seconds after a start.
    "counting",
    #: A reason, or a name, must be given.
    "empty",
]


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with an alert. ``at`` names the part: ``texts.uz``, ``source.url``, ``ends``; ``rule`` is one of
    the rules of docs/alerts.md. ``error`` must be mended before it is proposed, ``warning`` is shown."""

    at: str
    rule: str
    level: Literal["error", "warning"] = "error"
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.at} {self.rule}: {self.what}; {self.remedy}"


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    why: Why
    #: For ``findings``.
    findings: tuple[Finding, ...] = ()
    #: For ``state``: the state that it is in.
    state: str = ""
