import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myself_i2i.errors import InputError
from myself_i2i.journal import Batch
from myself_i2i.journal.batches import BATCH_FORMAT, MOST

DIGESTS = st.lists(st.binary(min_size=32, max_size=32).map(bytes.hex), min_size=1, max_size=20)


class TestBatch:
    @given(DIGESTS)
    def test_one_text(self, digests: list[str]) -> None:
        """The same envelopes give the same text whatever their order, and it reads back as the same batch."""
        batch = Batch.of(digests)
        assert batch == Batch.of(reversed(digests)) == Batch.from_text(batch.text)
        assert hashlib.sha256(batch.text.encode()).digest() == batch.digest
        assert set(digests) == set(batch.text.splitlines()[1:])

    @pytest.mark.parametrize(
        "text",
        [
            None,
            "",
            BATCH_FORMAT,
            f"{BATCH_FORMAT}\n",
            f"{BATCH_FORMAT}\n{'ab' * 32}",
            f"{BATCH_FORMAT}\n{'AB' * 32}\n",
            f"{BATCH_FORMAT}\n{'ab' * 32}\n\n",
            f"{BATCH_FORMAT}\r\n{'ab' * 32}\r\n",
            f"{BATCH_FORMAT}\n{'ab' * 32}\n{'ab' * 32}\n",
            f"{BATCH_FORMAT}\n{'cd' * 32}\n{'ab' * 32}\n",
            f"x{BATCH_FORMAT}\n{'ab' * 32}\n",
        ],
    )
    def test_refused(self, text: object) -> None:
        """What is not written exactly as a batch is written is refused."""
        with pytest.raises(InputError, match="batch"):
            Batch.from_text(text)

    def test_bounds(self) -> None:
        """A batch holds 1 to 10,000 envelopes."""
        many = [f"{number:064x}" for number in range(MOST + 1)]
        assert MOST == len(Batch.of(many[:MOST]).digests)
        for wrong in ([], many):
            with pytest.raises(InputError, match="batch"):
                Batch.of(wrong)
