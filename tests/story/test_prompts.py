from myself_i2i.story import Story
from myself_i2i.story.prompts import prompt_trials
from myself_i2i.story.trials import find_trials
from tests.support.chains import NOON, Desk


class TestPromptTrials:
    def test_over_time(self, desk: Desk, day: Story) -> None:
        """Different prompts stand in the order first tried, with what changed and how many pictures they made."""
        prompts = prompt_trials(find_trials(desk.signed, day, desk.statements()))
        assert [8, 8, 15, 1] == [one.pictures for one in prompts]
        assert [0, 0, 2, 1] == [one.on_the_way for one in prompts]
        assert [(), ("rain",), ("red umbrella", "night"), ("soft shading",)] == [one.added for one in prompts]
        assert [(), (), ("umbrella",), ()] == [one.removed for one in prompts]
        assert NOON == prompts[0].first_at

    def test_none(self) -> None:
        """Without a kept prompt there is nothing to show."""
        assert () == prompt_trials([])
