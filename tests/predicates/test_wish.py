from datetime import datetime

import pytest

from myself_i2i.attestation import PrivateKey
from myself_i2i.errors import InputError
from myself_i2i.predicates.wish import Scope, Wish, WishAnswer


class TestWish:
    @pytest.mark.parametrize("answer", list(WishAnswer))
    def test_answers(self, key: PrivateKey, noon: datetime, answer: WishAnswer) -> None:
        """Yes, no and ask-first each read back."""
        wish = Wish(public_key=key.public_key, i2i=answer, scope=Scope.SUBJECTS, wished_at=noon)
        assert wish == Wish.from_json(wish.to_json())

    @pytest.mark.parametrize("change", [{"i2i": True}, {"i2i": "maybe"}, {"scope": "everything"}])
    def test_refused(self, key: PrivateKey, noon: datetime, change: dict[str, object]) -> None:
        """There is no fourth answer and no third scope."""
        wish = Wish(public_key=key.public_key, i2i=WishAnswer.NO, scope=Scope.SUBJECTS, wished_at=noon)
        with pytest.raises(InputError, match=next(iter(change))):
            Wish.from_json(wish.to_json() | change)
