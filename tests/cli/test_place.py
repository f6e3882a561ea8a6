import json

from click.testing import CliRunner

from bot.cli import main as safar


def shown(*arguments: str) -> str:
    done = CliRunner().invoke(safar, ["place", *arguments])
    assert done.exit_code == 0, done.output
    return done.output


def test_a_sure_place_is_shown_with_its_id_its_names_and_its_zone() -> None:
    assert shown("екб") == (
        "sure\n  ru-sve-yekaterinburg: Екатеринбург, Свердловская область / Yekaterinburg, Sverdlovsk viloyati / "
        "Екатеринбург, Свердловск вилояти / Екатеринбург, вилояти Свердловск / Екатеринбург, Свердловск облусу; "
        "RU-SVE, Asia/Yekaterinburg\n"
    )


def test_programs_get_ids_in_the_order_in_which_they_are_offered() -> None:
    assert json.loads(shown("--json", "Троицк")) == {
        "place": None,
        "choices": ["ru-che-troitsk", "ru-mow-troitsk", "ru-oms-troitsk"],
    }
    assert json.loads(shown("--json", "--country", "KZ", "Aksay,", "Qozogʻiston"))["place"] == "kz-27-aqsay"


def test_nothing_is_said_to_be_nothing() -> None:
    assert shown("не знаю") == "nothing: kept as it is typed\n"
