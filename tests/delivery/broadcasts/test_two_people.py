"""Whatever anybody does, in whatever order: nothing is let out by fewer than two people (THREATS T33)."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.delivery.broadcasts.views import View
from bot.store import SqliteStore, create_key_file, load_keys
from tests.delivery.broadcasts.alerts import alert
from tests.delivery.broadcasts.offices import OURS, Site, seen
from tests.store.helpers import Clock

WHO = ("anna", "boris", "clara", "edit", "boss", "stranger")
Act = Callable[[Site, Any, View, str], Awaitable[Any]]


async def _edit(site: Site, account: Any, view: View, words: str) -> Any:
    changed = replace(view.alert, texts={"ru": f"Касса закрыта {words}."})
    return await site.office.save(account, view.broadcast.key, view.broadcast.version, changed)


async def _approve(site: Site, account: Any, view: View, words: str) -> Any:
    digest = view.broadcast.draft.digest
    return await site.office.approve(account, view.broadcast.key, digest, number="40", typed="40", again=True)


async def _propose(site: Site, account: Any, view: View, words: str) -> Any:
    return await site.office.propose(account, view.broadcast.key, view.broadcast.version, again=True)


ACTS: dict[str, Act] = {
    "edit": _edit,
    "approve": _approve,
    "propose": _propose,
    "withdraw": lambda site, account, view, _: site.office.withdraw_proposal(account, view.broadcast.key),
    "pause": lambda site, account, view, _: site.office.pause(account, view.broadcast.key),
    "resume": lambda site, account, view, _: site.office.resume(account, view.broadcast.key, typed="40"),
    "small": lambda site, account, view, _: site.office.allow_small(account, view.broadcast.key, "надо"),
}
#: Mostly what gets somewhere.
NAMES = (*ACTS, "propose", "propose", "approve", "approve", "approve")
STEPS = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from((*WHO, "clara", "boris")), st.sampled_from(("вчера", "завтра"))),
    max_size=14,
)
OUT = {"approved", "enrolling", "sending", "paused", "done"}


class World:
    """One office, in a loop of its own, for all the examples."""

    def __init__(self, runner: asyncio.Runner, folder: Path) -> None:
        self._run = runner.run
        self.out = 0
        self._run(self._make(folder))

    async def _make(self, folder: Path) -> None:
        create_key_file(folder / "key")
        clock = Clock()
        self.store = await SqliteStore.open(folder / "safar.db", load_keys(folder / "key"), clock=clock)
        self.site = await Site.make(self.store, clock)
        ours = replace(self.site.catalogue.organisations[OURS], alerts_a_week=10_000)
        organisations = {**self.site.catalogue.organisations, OURS: ours}
        self.site.catalogue = replace(self.site.catalogue, organisations=organisations)
        self.accounts = {handle: await self.site.account(handle) for handle in WHO}

    def play(self, steps: list[tuple[str, str, str]]) -> None:
        self._run(self._play(steps))

    async def _play(self, steps: list[tuple[str, str, str]]) -> None:
        site, anna = self.site, self.accounts["anna"]
        key = (await site.drafted(alert())).broadcast.key
        said, hands = alert().texts, {"anna"}
        for name, who, words in steps:
            before = seen(await site.office.look(anna, key))
            after = await ACTS[name](site, self.accounts[who], before, words)
            if isinstance(after, View):
                hands |= {who} if name in ("edit", "propose", "small") else set()
                said = after.alert.texts if name == "edit" else said
            now = seen(await site.office.look(anna, key))
            if now.broadcast.state in OUT:
                self.out += 1
                assert now.broadcast.approver in {"boris", "clara"} - hands
                assert now.alert.frozen == said == now.alert.texts

    def close(self) -> None:
        self._run(self.store.close())


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with asyncio.Runner() as runner:
        made = World(runner, tmp_path_factory.mktemp("two"))
        yield made
        made.close()


def test_nothing_is_let_out_by_fewer_than_two_people(world: World) -> None:
    @given(STEPS)
    @example([("propose", "anna", ""), ("approve", "boris", "")])
    @example([("propose", "clara", ""), ("approve", "clara", ""), ("edit", "boris", ""), ("approve", "boris", "")])
    @settings(max_examples=40, deadline=None)
    def play(steps: list[tuple[str, str, str]]) -> None:
        world.play(steps)

    play()
    assert world.out, "some of them were let out"
