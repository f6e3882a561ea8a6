"""``safar broadcast``: the whole life of an alert at a terminal, by people who sign in (docs/alerts.md)."""

import asyncio
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copy, copytree

import pytest
from click.testing import CliRunner

from bot.cli import main as safar
from bot.cli.broadcast_words import REFUSED, cost
from bot.delivery.broadcasts.estimating import Estimate
from bot.delivery.broadcasts.numbers import UNDER
from bot.delivery.broadcasts.refusals import Why
from bot.staff import Passwords, invite, new_codes
from bot.staff.codes import written
from bot.store import Lease, Outcome, SqliteStore, create_key_file, load_keys
from bot.store.broadcast_protocol import DeliveryEnd
from tests.delivery.broadcasts.offices import ADMIN
from tests.store.helpers import Clock, works
from tests.web.console.staffing import PASSWORD

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "alerts.md").read_text(encoding="utf-8")
ORGANISATION = "this-team"
STAFF = {
    "anna": ["sender"],
    "boris": ["approver"],
    "boss": ["admin"],
    "edit": ["editor"],
    "both": ["sender", "approver"],
}
TODAY = datetime.now(UTC)
#: Somebody asks for what the organisation does.
ASKING = "{title: Зарплата, start: one, nodes: {one: {do: {route: wages}, next: two}, two: {end: Готово}}}"


@pytest.fixture(scope="session")
def content(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small one, with the bot's real phrases, words and templates."""
    root = tmp_path_factory.mktemp("broadcast") / "content"
    copytree(ROOT / "tests" / "delivery" / "small", root)
    (root / "content" / "facts").mkdir(parents=True)
    (root / "content" / "templates").mkdir()
    for name in ("phrases", "words", "lures", "facts/bot", "templates/alert"):
        copy(ROOT / "content" / f"{name}.yaml", root / "content" / f"{name}.yaml")
    (root / "flows" / "person.yaml").write_text(ASKING, encoding="utf-8")
    ours = (ROOT / "content" / "organisations.yaml").read_text(encoding="utf-8")
    ours = re.sub(r"needs: \[.*\]", "needs: [wages]", ours)
    (root / "content" / "organisations.yaml").write_text(ours, encoding="utf-8")
    return root


class Machine:
    """The installation, and what its staff know."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.codes: dict[str, list[str]] = {}

    async def open(self, clock: Clock | None = None) -> SqliteStore:
        keys = load_keys(self.folder / "keys" / "master.key")
        path = self.folder / "data" / "safar.db"
        return await (SqliteStore.open(path, keys, clock=clock) if clock else SqliteStore.open(path, keys))

    async def prepare(self) -> None:
        for folder in ("keys", "data"):
            (self.folder / folder).mkdir(mode=0o700)
        create_key_file(self.folder / "keys" / "master.key")
        store = await self.open(Clock(TODAY - timedelta(days=2)))
        cheap = Passwords(memory_kib=64, passes=1)
        for handle, roles in STAFF.items():
            invitation, codes = invite(TODAY - timedelta(days=2)), new_codes()
            assert await store.staff.add(handle, ORGANISATION, roles, invitation, ADMIN)
            account = await store.staff.account(handle)
            assert account is not None
            await store.staff.begin(account.id, "joining", handle.encode())
            hashed = await cheap.hash(PASSWORD)
            assert await store.staff.join(handle.encode(), hashed, 1, codes, b"x" + handle.encode(), ADMIN)
            self.codes[handle] = [written(code) for code in codes]
        cheap.close()
        await store.close()
        store = await self.open()
        profile = json.dumps({"language": "ru", "country": "RU", "alerts": "all"}).encode()
        people = (works(str(5_000_000_000 + one), outcome=Outcome(profile=profile, session=b"{}")) for one in range(25))
        await asyncio.gather(*(store.take(one) for one in people))
        await store.close()

    async def begin(self, code: str) -> None:
        """As the scheduler does, with all."""
        store = await self.open()
        [one] = [each for each in await store.broadcasts.broadcasts(None) if each.code == code]
        assert await store.broadcasts.turn(None, one.key, ("approved",), "enrolling")
        async for chunk in store.scan():
            await store.broadcasts.enrol(one.key, [(known.number, known.account) for known in chunk])
        await store.broadcasts.start(one.key)
        await store.close()

    async def send(self, code: str, state: str) -> None:
        """As the sender does, to all."""
        store = await self.open()
        [one] = [each for each in await store.broadcasts.broadcasts(None) if each.code == code]
        lease = await store.lease("test", "test")
        assert isinstance(lease, Lease)
        for account in await store.broadcasts.unattended_accounts(one.key):
            claimed = await store.broadcasts.claim_deliveries(one.key, account, lease, 0, 100, lambda _: "send")
            await store.broadcasts.hold(one.key, datetime.now(UTC))
            ends = [DeliveryEnd(id=row.id, state=state) for row in claimed.rows]  # type: ignore[arg-type]
            await store.broadcasts.settle_deliveries(one.key, lease, ends)
        await store.close()

    def run(self, *words: str, type: str = "") -> tuple[int, str]:
        done = CliRunner().invoke(safar, ["broadcast", *words], input=type)
        return done.exit_code, done.output

    def does(self, handle: str, *words: str, then: str = "") -> str:
        """Signs in, acts, and succeeds."""
        code, output = self.acts(handle, *words, then=then)
        assert code == 0, output
        return output

    def acts(self, handle: str, *words: str, then: str = "") -> tuple[int, str]:
        return self.run(*words, "--as", handle, type=f"{PASSWORD}\n{self.codes[handle].pop()}\n{then}\n")

    def looks(self, *words: str) -> str:
        code, output = self.run(*words)
        assert code == 0, output
        return output

    def file(self, **changes: str) -> str:
        lines = {
            "name": "Касса закрыта",
            "urgency": "important",
            "source": f"{{title: Объявление кассы, url: 'https://example.org/news', checked_on: {TODAY:%Y-%m-%d}}}",
            "segment": "{language: ru, country: RU}",
            "ends": f"{TODAY + timedelta(days=3):%Y-%m-%d}",
            "texts": "{ru: 'Касса на рынке сегодня не работает.'}",
            **changes,
        }
        path = self.folder / "alert.yaml"
        path.write_text("".join(f"{key}: {value}\n" for key, value in lines.items()), encoding="utf-8")
        return str(path)

    def drafted(self, **changes: str) -> str:
        found = re.search(r"Draft (\d{4}) (\d{4})", self.does("anna", "draft", self.file(**changes)))
        assert found
        return found[1] + found[2]


@pytest.fixture
async def machine(tmp_path: Path, content: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    made = Machine(tmp_path)
    await made.prepare()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SAFAR_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("SAFAR_KEY_FILE", str(tmp_path / "keys" / "master.key"))
    monkeypatch.setenv("SAFAR_CONTENT_DIR", str(content))
    return made


def test_the_whole_life_of_an_alert(machine: Machine) -> None:
    code = machine.drafted()
    shown = f"{code[:4]} {code[4:]}"
    assert f"{shown}  draft" in machine.looks("list")
    assert "кто читает по-русски" in machine.looks("show", code)
    counted = machine.looks("count", code)
    assert re.search(r"get it +20\n", counted)
    assert re.search(r"telegram +20\n", counted)
    assert "index-built" not in counted
    assert "Касса на рынке сегодня не работает." in machine.looks("preview", code, "--language", "ru")
    assert f"Write {shown} to the bot" in machine.looks("test", code)

    machine.does("anna", "propose", code)
    refused, said = machine.acts("anna", "approve", code)
    assert (refused, "roles do not allow" in said, "Type the number" in said) == (1, True, False)
    refused, said = machine.acts("boris", "approve", code, then="25")
    assert (refused, "not the number" in said) == (1, True)
    assert "let out" in machine.does("boris", "approve", shown, then="20")

    asyncio.run(machine.begin(code))
    assert "1 account(s) have people who wait, and no process sends" in machine.looks("report", code)
    asyncio.run(machine.send(code, "sent"))
    assert "25 of 25 sent" in machine.looks("report", code)
    assert "who wait" not in machine.looks("report", code)
    report = json.loads(machine.looks("report", code, "--json"))
    assert (report["audience"], report["sent"], report["failed"]) == (25, 25, {})

    texts = machine.folder / "texts.yaml"
    texts.write_text("texts: {ru: 'Касса работает.'}\n", encoding="utf-8")
    machine.does("anna", "cancel", code)
    assert "cancelled (staff): 25 of 25 sent" in machine.looks("report", code, "--follow")
    found = re.search(r"Draft (\d{4}) (\d{4})", machine.does("anna", "correct", code, str(texts)))
    assert found
    correction = found[1] + found[2]
    counted = machine.looks("count", correction)
    assert re.search(r"get it +20\n", counted)
    assert UNDER not in counted  # how many of them are where is not known, and nothing is said of it
    whole = machine.looks("show", correction)
    assert f"goes to      those who got, or may have got, the alert {shown}" in whole
    assert not re.search("^(segment|topics) ", whole, re.M)
    machine.does("anna", "propose", correction)
    assert "let out" in machine.does("boris", "approve", correction, then="20")


def test_pause_go_on_and_what_is_uncertain(machine: Machine) -> None:
    code = machine.drafted(starts=f"{TODAY + timedelta(days=1):%Y-%m-%d} 09:00")
    machine.does("anna", "propose", code)
    machine.does("boris", "approve", code, then="20")
    assert "paused" in machine.does("boris", "pause", code)
    assert "approved" in machine.does("boris", "resume", code)
    asyncio.run(machine.begin(code))
    asyncio.run(machine.send(code, "uncertain"))
    assert "25 uncertain" in machine.looks("report", code)
    assert "25 are left" in machine.does("anna", "decide", code, "--leave")
    assert "25 failed" in machine.looks("report", code)


def test_an_author_is_told_before_reading_and_typing(machine: Machine) -> None:
    code, output = machine.acts("both", "draft", machine.file())
    assert code == 0
    alert = "".join(re.findall(r"Draft (\d{4}) (\d{4})", output)[0])
    machine.does("both", "propose", alert)
    refused, said = machine.acts("both", "approve", alert)
    assert (refused, "ask a second person" in said, "Type the number" in said) == (1, True, False)


async def test_a_report_says_why_nothing_leaves(machine: Machine) -> None:
    code = await asyncio.to_thread(machine.drafted)
    store = await machine.open()
    [one] = await store.broadcasts.broadcasts(None)
    assert await store.broadcasts.turn(None, one.key, ("draft",), "cancelled", "daily-limit")
    await store.close()
    assert "cancelled (daily-limit): 0 of 0 sent" in await asyncio.to_thread(machine.looks, "report", code)


def test_the_price_is_that_of_templates_alone() -> None:
    told = Estimate(people={"whatsapp": 20}, seconds={}, templates=20, price="0.70 USD", days=None)
    assert "templates alone: at most 0.70 USD" in cost(told)


def test_few_people_need_an_admins_reason(machine: Machine) -> None:
    code = machine.drafted(segment="{language: ru, country: KZ}")
    assert UNDER in machine.looks("count", code)
    assert "fewer than ten" in machine.acts("anna", "propose", code)[1]
    machine.does("boss", "allow-small", code, "--reason", "семья в Томске")
    machine.does("anna", "propose", code)
    assert "allowed by boss" in machine.looks("show", code)
    assert "let out" in machine.does("boris", "approve", code, then="<10")


def test_a_proposal_is_withdrawn_and_edited(machine: Machine) -> None:
    code = machine.drafted()
    machine.does("anna", "propose", code)
    assert "draft" in machine.does("anna", "unpropose", code)
    machine.does("edit", "edit", code, machine.file(texts="{ru: 'Касса закрыта до пятницы.'}"))
    assert "до пятницы" in machine.looks("show", code)


def test_segments_are_kept_by_version_and_named_in_files(machine: Machine) -> None:
    assert "рынок@1" in machine.does("anna", "segment", "save", "рынок", "{language: ru}")
    assert "рынок@2" in machine.does("anna", "segment", "save", "рынок", "{language: ru, country: RU}")
    listed = machine.looks("segment", "list", "--organisation", ORGANISATION).splitlines()
    assert [line.split()[0] for line in listed] == ["рынок@2", "рынок@1"]
    assert "from рынок@1" in machine.looks("show", machine.drafted(segment="рынок@1"))
    assert "from рынок@2" in machine.looks("show", machine.drafted(segment="рынок"))
    assert "alert.yaml:4:10 unknown-segment" in machine.acts("anna", "draft", machine.file(segment="нет"))[1]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"urgency": "fast"}, "alert.yaml:2:10 bad-value"),
        ({"ends": "завтра"}, 'alert.yaml:5:7 bad-value: "завтра" is not a moment; write it as 2026-03-05 09:00'),
        ({"segment": "{langauge: ru}"}, 'alert.yaml:4:11 unknown-key: "langauge"'),
        ({"segment": "{language: en}"}, 'alert.yaml:4:21 bad-value: "en" is no language'),
        ({"adress": "x"}, "alert.yaml:7:1 unknown-key"),
        ({"texts": "{ru: ''}"}, "alert.yaml:6:"),
    ],
)
def test_a_bad_file_is_refused_with_its_line_and_nothing_is_drafted(
    machine: Machine, changes: dict[str, str], says: str
) -> None:
    code, output = machine.acts("anna", "draft", machine.file(**changes))
    assert code == 1
    assert says in output
    assert "There is none yet" in machine.looks("list")


def test_what_must_be_mended_is_told_at_its_line(machine: Machine) -> None:
    written = machine.file(ends=f"{TODAY - timedelta(days=3):%Y-%m-%d}", texts="{ru: 'Отправьте деньги на карту.'}")
    output = machine.does("anna", "draft", written)
    assert "alert.yaml:5:7 error ends-in-the-past: it is over" in output
    assert "alert.yaml:6:13 error lure:" in output
    refused, said = machine.acts("anna", "propose", re.findall(r"Draft (\d{4} \d{4})", output)[0])
    assert (refused, "ends-in-the-past" in said) == (1, True)


class TestSigningIn:
    def test_a_wrong_password_and_a_used_code_do_nothing(self, machine: Machine) -> None:
        path, recovery = machine.file(), machine.codes["anna"][-1]
        assert machine.run("draft", path, "--as", "anna", type=f"guessed it\n{recovery}\n")[0] == 1
        machine.does("anna", "draft", path)
        code, output = machine.run("draft", path, "--as", "anna", type=f"{PASSWORD}\n{recovery}\n")
        assert (code, "A code counts once" in output) == (1, True)
        assert len(machine.looks("list").splitlines()) == 1

    def test_nothing_stays_signed_in(self, machine: Machine) -> None:
        machine.does("anna", "draft", machine.file())

        async def audit() -> list[str]:
            store = await machine.open()
            rows = [one.what for one in await store.staff.audit(ORGANISATION, 3)]
            await store.close()
            return rows

        assert asyncio.run(audit()) == ["signed-out", "alert-drafted", "signed-in"]


def test_it_works_while_another_process_has_the_database_open(machine: Machine) -> None:
    async def both() -> str:
        store = await machine.open()
        try:
            return await asyncio.to_thread(machine.drafted)
        finally:
            await store.close()

    assert re.fullmatch(r"\d{8}", asyncio.run(both()))


def test_an_unknown_code_is_told(machine: Machine) -> None:
    code, output = machine.run("show", "12345678")
    assert (code, "safar broadcast list" in output) == (1, True)


def test_every_refusal_has_its_words_here_and_on_the_page() -> None:
    codes = set(Why.__args__)  # type: ignore[attr-defined]
    assert set(REFUSED) == codes
    listed = PAGE[PAGE.index("## What each refusal means") :].split("\n\n")[1]
    assert set(re.findall(r"^\| `([a-z-]+)` \|", listed, re.M)) == codes


def test_the_file_of_the_page_is_accepted(machine: Machine) -> None:
    [block] = re.findall(r"```yaml\n(name:.*?)```", PAGE, re.S)
    path = machine.folder / "page.yaml"
    path.write_text(block, encoding="utf-8")
    assert "Draft" in machine.does("anna", "draft", str(path))
