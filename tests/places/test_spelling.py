import pytest

from bot.places.spelling import uzbek_latin


@pytest.mark.parametrize(
    ("russian", "latin"),
    [
        ("Екатеринбург", "Yekaterinburg"),
        ("Нижний Новгород", "Nijniy Novgorod"),
        ("Щёлково", "Shchyolkovo"),
        ("Казань", "Kazan"),
        ("Подольск (RU-MOS)", "Podolsk (RU-MOS)"),
    ],
)
def test_a_russian_name_is_written_in_uzbek_letters(russian: str, latin: str) -> None:
    assert uzbek_latin(russian) == latin
