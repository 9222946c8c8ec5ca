import pytest

from myself_i2i.story import Look, Story, tell
from myself_i2i.wording import LANGUAGES, Language
from tests.support.chains import Desk, work


@pytest.fixture
def desk() -> Desk:
    """A desk with nothing said yet."""
    return Desk()


@pytest.fixture
def day(desk: Desk) -> Story:
    """The story of a day's work with sources, hand work, trials and an undeclared source; told of `desk`."""
    end = work(desk)
    return tell(desk.statements(), end)


@pytest.fixture(params=LANGUAGES)
def look(request: pytest.FixtureRequest) -> Look:
    """A look in each language."""
    language: Language = request.param
    return Look(language=language)
