from myself_i2i.predicates.generation import WrittenBy
from myself_i2i.story import Look, Report, Story, make_report, tell
from myself_i2i.story.figure import Box, Label
from myself_i2i.story.report import Told
from myself_i2i.story.timeline import timeline
from tests.support.chains import NOON, Desk, made, picture

TOLD = Told(by="", recipient="", made_at=NOON)


def report_of(desk: Desk, story: Story) -> Report:
    return make_report(story, desk.statements(), records=desk.signed, pledges=[], told=TOLD)


class TestTimeline:
    def test_counts(self, desk: Desk, day: Story, look: Look) -> None:
        """The bars stand for every timed trial, one dot for each work by hand, within the figure."""
        report = report_of(desk, day)
        figure = timeline(report.trials, report.hand_work, look)
        assert figure is not None
        boxes = [shape for shape in figure.shapes if isinstance(shape, Box)]
        bars = [int(box.title) for box in boxes if box.fill in ("line", "accent") and box.title]
        assert 33 <= sum(bars)  # a bin with both kinds is counted in each bar's title
        dots = [box for box in boxes if box.fill == "warm" and box.y < 140]
        assert 1 == len(dots)
        assert all(0 <= box.x and box.x + box.width <= figure.width for box in boxes)
        labels = [shape for shape in figure.shapes if isinstance(shape, Label)]
        assert all(label.y < figure.height for label in labels)
        assert "33" in figure.spoken

    def test_one_moment(self, desk: Desk, look: Look) -> None:
        """A single picture is one bar."""
        desk.say(made(), picture(1))
        report = report_of(desk, tell(desk.statements(), picture(1)))
        figure = timeline(report.trials, report.hand_work, look)
        assert figure is not None
        assert 1 == sum(isinstance(shape, Box) and bool(shape.title) for shape in figure.shapes)

    def test_nothing_timed(self, desk: Desk, look: Look) -> None:
        """Without a time of making there is no chart: the day of writing down says nothing."""
        desk.say(made(by=WrittenBy.FILE), picture(1))
        report = report_of(desk, tell(desk.statements(), picture(1)))
        assert timeline(report.trials, report.hand_work, look) is None
