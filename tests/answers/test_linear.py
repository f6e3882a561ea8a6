"""The small linear model: it learns what tells classes apart, and always the same way."""

import pytest

from bot.answers.linear import Linear

LINES = [
    ("pay", ["boss", "does", "not", "pay"]),
    ("pay", ["where", "is", "my", "pay"]),
    ("passport", ["boss", "does", "not", "give", "passport"]),
    ("passport", ["where", "is", "my", "passport"]),
]


def best(model: Linear, text: str) -> str:
    return model.classes[int(model.scores(text.split()).argmax())]


def test_it_tells_its_own_lines_apart() -> None:
    model = Linear.learn(LINES)
    assert [best(model, " ".join(features)) for _, features in LINES] == [name for name, _ in LINES]


def test_what_classes_share_does_not_decide() -> None:
    model = Linear.learn(LINES)
    assert best(model, "boss passport") == "passport"
    assert best(model, "boss pay") == "pay"


def test_the_order_of_the_lines_does_not_matter() -> None:
    one, other = Linear.learn(LINES), Linear.learn(LINES[::-1])
    assert one.scores(["boss", "passport"]).tolist() == other.scores(["boss", "passport"]).tolist()


def test_the_signs_of_a_class_add_up_to_its_score() -> None:
    model = Linear.learn(LINES)
    signs = dict(model.shared(["boss", "passport"], "passport"))
    score = model.scores(["boss", "passport"])[model.classes.index("passport")]
    assert sum(signs.values()) == pytest.approx(score, abs=1e-6)
    assert signs["passport"] > 0


def test_unknown_words_say_nothing() -> None:
    assert not Linear.learn(LINES).scores(["weather"]).any()
    assert not Linear.learn([]).scores(["weather"]).any()
