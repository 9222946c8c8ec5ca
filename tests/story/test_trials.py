from collections import Counter
from collections.abc import Sequence

from myself_i2i.attestation import PrivateKey
from myself_i2i.predicates.generation import WrittenBy
from myself_i2i.rights import SourceFile
from myself_i2i.story import Story, tell
from myself_i2i.story.trials import SITTING, Belonging, Trial, find_trials
from tests.support.chains import MINUTE, NOON, Desk, made, picture, retouched, went_in


def trials_of(desk: Desk, end: SourceFile) -> Sequence[Trial]:
    return find_trials(desk.signed, tell(desk.statements(), end), desk.statements())


def found(desk: Desk, end: SourceFile) -> dict[str, Belonging]:
    return {trial.name: trial.belongs for trial in trials_of(desk, end)}


class TestBelonging:
    def test_a_day(self, desk: Desk, day: Story) -> None:
        """A day's trials are counted in the three ways, each picture once, hand work left out."""
        counted = Counter(trial.belongs for trial in find_trials(desk.signed, day, desk.statements()))
        assert {Belonging.WAY: 4, Belonging.SHARED: 6, Belonging.SESSION: 23} == counted

    def test_sitting(self, desk: Desk) -> None:
        """The same sitting ends at a longer pause and at another tool."""
        desk.say(made(at=NOON), picture(1))
        desk.say(made(at=NOON - SITTING), picture(2))
        desk.say(made(at=NOON - 2 * SITTING - MINUTE), picture(3))
        desk.say(made(at=NOON - MINUTE, tool="Forge"), picture(4))
        assert {"1.png": Belonging.WAY, "2.png": Belonging.SESSION} == found(desk, picture(1))

    def test_not_by_writing_time(self, desk: Desk) -> None:
        """Records read from files on one later day make no sitting: they do not know when the picture was made."""
        desk.say(made(at=NOON, by=WrittenBy.FILE), picture(1))
        desk.say(made(at=NOON - MINUTE, by=WrittenBy.FILE), picture(2))
        assert {"1.png": Belonging.WAY} == found(desk, picture(1))

    def test_shared(self, desk: Desk) -> None:
        """A variation of a source of the story belongs, however long before it was made."""
        rough = picture(9)
        desk.say(made("i2i", went_in(rough), at=NOON), picture(1))
        desk.say(made("i2i", went_in(rough), at=NOON - 100 * SITTING, by=WrittenBy.FILE), picture(2))
        assert Belonging.SHARED is found(desk, picture(1))["2.png"]


class TestLeftOut:
    def test_later(self, desk: Desk) -> None:
        """What was made after the finished picture did not lead to it."""
        desk.say(made(at=NOON), picture(1))
        desk.say(made(at=NOON + MINUTE), picture(2))
        assert ["1.png"] == list(found(desk, picture(1)))

    def test_withdrawn(self, desk: Desk) -> None:
        """A record that was taken back does not count."""
        desk.say(made(at=NOON), picture(1))
        desk.withdraw(desk.say(made(at=NOON - MINUTE), picture(2)))
        assert ["1.png"] == list(found(desk, picture(1)))

    def test_somebody_elses(self, desk: Desk) -> None:
        """Another key's records are not the maker's trials."""
        desk.say(made(at=NOON), picture(1))
        desk.say(made(at=NOON - MINUTE), picture(2), key=PrivateKey.generate(b"s" * 32))
        assert ["1.png"] == list(found(desk, picture(1)))

    def test_hand_work(self, desk: Desk) -> None:
        """Hand work is not a trial; it is told apart."""
        desk.say(made(at=NOON), picture(1))
        desk.say(retouched(picture(1), "eyes", NOON + MINUTE), picture(2))
        assert ["1.png"] == list(found(desk, picture(2)))

    def test_nothing_recorded(self, desk: Desk) -> None:
        """Without a record of the picture there is no trial, whatever else is recorded."""
        desk.say(made(), picture(1))
        assert {} == found(desk, picture(2))


class TestOnce:
    def test_two_records(self, desk: Desk) -> None:
        """A picture with a recorder's and a file's record counts once, with the recorder's time and prompt."""
        desk.say(made(at=NOON + MINUTE, by=WrittenBy.FILE), picture(1))
        desk.say(made(at=NOON, prompt="1girl"), picture(1))
        (trial,) = trials_of(desk, picture(1))
        assert (NOON, "1girl", True) == (trial.at, trial.prompt, trial.timed)

    def test_batch(self, desk: Desk) -> None:
        """One record about four pictures is four trials."""
        desk.say(made(at=NOON), *(picture(number) for number in range(1, 5)))
        assert 4 == len(trials_of(desk, picture(1)))
