from myself_i2i.story import Look, Story, lines, tell
from tests.support.chains import Desk, chain, made, picture, went_in

EN = Look(language="en")


class TestLines:
    def test_chain_stays_left(self, desk: Desk) -> None:
        """A chain of 50 steps is told without moving to the right."""
        end = chain(desk, 50)
        told = list(lines(tell(desk.statements(), end), EN))
        assert 50 == sum(line.startswith("▲ ") for line in told) + 1
        assert max(len(line) - len(line.lstrip("│├└─▲ ")) for line in told) < 8

    def test_everything_told(self, day: Story, look: Look) -> None:
        """Every picture, its basis, tool, time, writer and key stand in the text, in both languages."""
        text = "\n".join(lines(day, look))
        for one in day.pictures:
            assert one.name in text
        wanted = {
            "ja": [
                "申告: 自分で描いた絵",
                "根拠は未申告",
                "加筆修正「線を整理、手を描き直し」",
                "（強さ 0.35）",
            ],
            "en": [
                "declared: own drawing",
                "rights basis undeclared",
                "hand work, 線を整理",
                "(strength 0.35)",
            ],
        }
        for words in [*wanted[look.language], "ComfyUI 0.3.64", "2026-11-03 14:20", day.steps[0].key]:
            assert words in text

    def test_once(self, desk: Desk) -> None:
        """A picture used twice is told once and named the second time."""
        desk.say(made(), picture(1))
        for number in (2, 3):
            desk.say(made("i2i", went_in(picture(1))), picture(number))
        desk.say(made("i2i", went_in(picture(2)), went_in(picture(3), "control")), picture(4))
        text = "\n".join(lines(tell(desk.statements(), picture(4)), EN))
        assert (2, 1) == (text.count("1.png"), text.count("(told above)"))

    def test_withdrawn(self, desk: Desk) -> None:
        """A record that was taken back is shown as such."""
        desk.withdraw(desk.say(made(), picture(1)))
        assert "[withdrawn]" in "\n".join(lines(tell(desk.statements(), picture(1)), EN))

    def test_nothing(self, desk: Desk) -> None:
        """A picture without record is "not recorded", and nothing else is said."""
        told = list(lines(tell(desk.statements(), picture(1)), EN))
        assert ["   not recorded"] == told[1:]

    def test_circle(self, desk: Desk) -> None:
        """Records in a circle are told to an end."""
        for number in range(3):
            desk.say(made("i2i", went_in(picture((number + 1) % 3))), picture(number))
        assert 1 == "\n".join(lines(tell(desk.statements(), picture(0)), EN)).count("(told above)")
