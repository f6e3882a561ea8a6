"""``safar chat``: a conversation in the terminal, without a store."""

from pathlib import Path

from click.testing import CliRunner

from bot.cli.chat import chat


def test_a_conversation_is_held_in_the_terminal(root: Path) -> None:
    result = CliRunner().invoke(chat, ["--root", str(root)], input="1\n2\nмне не платят зарплату\n")
    assert result.exit_code == 0, result.output
    for shown in (
        "Выберите язык",
        "1. Русский",
        "Здравствуйте!\n\nЧей у вас паспорт?",
        "Чем помочь?",
        "Шаг на сегодня",
    ):
        assert shown in result.output


def test_a_language_can_be_given(root: Path) -> None:
    result = CliRunner().invoke(chat, ["--root", str(root), "--language", "uz"], input="")
    assert result.exit_code == 0
    assert "Чем помочь?" in result.output


def test_an_unknown_language_is_named_with_the_known_ones(root: Path) -> None:
    result = CliRunner().invoke(chat, ["--root", str(root), "--language", "de"])
    assert result.exit_code == 2
    assert "'ru', 'uz', 'uz_Cyrl', 'tg', 'ky'" in result.output


def test_content_with_errors_is_not_served(root: Path, tmp_path: Path) -> None:
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "menu.yaml").write_text("title: Меню\nstart: nowhere\nnodes: {}\n", encoding="utf-8")
    result = CliRunner().invoke(chat, ["--root", str(tmp_path)])
    assert result.exit_code == 1
    assert "flows/menu.yaml:" in result.output
    assert "safar check" in result.output
