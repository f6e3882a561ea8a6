"""A setting is typed, documented and, when broken, named with the form that is accepted."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.settings import BrokenSettings, Settings, environment_name, load_settings

ROOT = Path(__file__).resolve().parents[1]
TOKEN = "12345678:" + "A" * 35


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for field in Settings.model_fields:
        monkeypatch.delenv(environment_name(field), raising=False)


def test_every_setting_stands_in_the_example_file_with_its_meaning() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert set(re.findall(r"^#?([A-Z_]+)=", example, re.M)) == {
        environment_name(name) for name in Settings.model_fields
    }
    for field in Settings.model_fields.values():
        assert field.description
        assert field.description in example


def test_the_example_file_is_itself_accepted(tmp_path: Path) -> None:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    (tmp_path / ".env").write_text(re.sub(r"^#([A-Z_]+=)", r"\1", text, flags=re.M), encoding="utf-8")
    assert load_settings() == Settings(_env_file=None)  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("SAFAR_PORT=http", "SAFAR_PORT: Input should be a valid integer"),
        ("SAFAR_PORT=70000", "SAFAR_PORT: Input should be less than or equal to 65535"),
        ("SAFAR_PUBLIC_URL=chat.example.org", "SAFAR_PUBLIC_URL: write the address that people open, as https://"),
        ("TELEGRAM_TOKEN=abc", "TELEGRAM_TOKEN: write it as BotFather gave it"),
        ("TELEGRAM_WEBHOOK_SECRET=short", "TELEGRAM_WEBHOOK_SECRET: write 43 to 256 of A-Z a-z 0-9 _ -"),
        ("SAFAR_LOG_LEVEL=loud", "SAFAR_LOG_LEVEL: String should match pattern"),
    ],
)
def test_a_broken_line_names_the_setting_and_the_accepted_form(tmp_path: Path, line: str, told: str) -> None:
    (tmp_path / ".env").write_text(line + "\n", encoding="utf-8")
    with pytest.raises(BrokenSettings) as broken:
        load_settings()
    assert str(broken.value).startswith(told)
    assert len(str(broken.value).splitlines()) == 1


@pytest.mark.parametrize("between", ["/", "?", "?foo=", "#", "@", "@/", "["])
@pytest.mark.parametrize("host", ["127.0.0.1", "h:5432"])
def test_a_password_that_cuts_the_url_is_told_with_its_remedy_and_not_repeated(
    monkeypatch: pytest.MonkeyPatch, between: str, host: str
) -> None:
    url = f"postgresql://safar:8812{between}kjh77@{host}/x"
    monkeypatch.setenv("SAFAR_DATABASE_URL", url)
    with pytest.raises(BrokenSettings, match=r"/ # \? @ % in the password as %2F %23 %3F %40 %25") as broken:
        load_settings()
    monkeypatch.delenv("SAFAR_DATABASE_URL")
    moved = CliRunner().invoke(main, ["migrate-store", "--to", url])
    assert (moved.exit_code, "%2F %23 %3F %40 %25" in moved.output) == (2, True)
    for told in (str(broken.value), moved.output):
        assert not [part for part in ("8812", "kjh77") if part in told]


@pytest.mark.parametrize("rest", ["h:abc/x", "h:70000/x", "[::1/x", "/x?host=h:abc", "/x?port=abc", "h/x?sslmode"])
def test_a_database_url_that_cannot_be_read_is_told_in_one_line(rest: str) -> None:
    with pytest.raises(BrokenSettings, match=r"^SAFAR_DATABASE_URL: write it as postgresql://") as broken:
        load_settings(database_url=f"postgresql://u:hush@{rest}")
    assert len(str(broken.value).splitlines()) == 1


@pytest.mark.parametrize(
    "rest",
    ["u:%2F%23%3F%40%25@h:5432/x", "u:a:b@h1:5432,h2:5433/x", "u@[::1]:5432/x", "u@/x?host=/run&port=5433", "/x"],
)
def test_a_whole_database_url_is_taken_as_it_is(rest: str) -> None:
    assert load_settings(database_url=f"postgresql://{rest}").database_url.get_secret_value().endswith(rest)


def test_all_broken_settings_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("SAFAR_PORT=x\nTELEGRAM_TOKEN=y\n", encoding="utf-8")
    with pytest.raises(BrokenSettings) as broken:
        load_settings()
    assert [line.split(":")[0] for line in str(broken.value).splitlines()] == ["SAFAR_PORT", "TELEGRAM_TOKEN"]


def test_a_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes("# привет\n".encode("cp1251"))
    with pytest.raises(BrokenSettings, match="not UTF-8"):
        load_settings()


def test_a_webhook_without_a_secret_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_TOKEN", TOKEN)
    monkeypatch.setenv("SAFAR_PUBLIC_URL", "https://chat.example.org")
    with pytest.raises(BrokenSettings, match="TELEGRAM_WEBHOOK_SECRET: it is empty"):
        load_settings()


def test_a_webhook_over_plain_http_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_TOKEN", TOKEN)
    monkeypatch.setenv("TELEGRAM_WEBHOOK_SECRET", "s" * 43)
    monkeypatch.setenv("SAFAR_PUBLIC_URL", "http://chat.example.org")
    with pytest.raises(BrokenSettings, match="https only"):
        load_settings()


def test_secrets_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_TOKEN", TOKEN)
    assert TOKEN not in repr(load_settings()) + str(load_settings().model_dump())


def test_a_broken_token_is_not_repeated_in_the_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_TOKEN", "almost-a-token-but-secret")
    with pytest.raises(BrokenSettings) as broken:
        load_settings()
    assert "almost-a-token" not in str(broken.value)
