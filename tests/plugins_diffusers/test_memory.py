import gc

from myself_i2i_diffusers._memory import Memory

from tests.plugins_diffusers.standins import Array


class View(Array):
    """A view into another array, as numpy has them."""

    def __init__(self, base: Array) -> None:
        super().__init__(*base.shape[1:])
        self.base = base


class Changing(Array):
    """An array whose bytes can be changed."""

    content = bytes(4)

    def tobytes(self) -> bytes:
        """Its bytes."""
        return self.content


class TestMemory:
    def test_owner(self) -> None:
        """An array's owner is found again, another array's is not."""
        memory: Memory[str] = Memory()
        array = Array(8, 8)
        memory.put(array, "run")
        assert ("run", None) == (memory.owner(array), memory.owner(Array(8, 8)))

    def test_view(self) -> None:
        """A view belongs to the owner of what it looks into."""
        memory: Memory[str] = Memory()
        array = View(Array(2, 8, 8))
        memory.put(array, "run")
        assert "run" == memory.owner(View(array))

    def test_untouched(self) -> None:
        """An array that was written into is no longer untouched; one without a stamp never is."""
        memory: Memory[str] = Memory()
        array, large = Changing(8, 8), Array(8, 8)
        large.nbytes = 1 << 40
        memory.put(array, "run")
        memory.put(large, "run")
        before = memory.untouched(array)
        array.content = b"else"
        assert (True, False, False, False) == (
            before,
            memory.untouched(array),
            memory.untouched(large),
            memory.untouched(Array(8, 8)),
        )

    def test_forgotten(self) -> None:
        """Nothing is kept alive; what is freed is forgotten, so that new memory at its place has no owner."""
        memory: Memory[str] = Memory()
        array = Array(8, 8)
        memory.put(array, "run")
        del array
        gc.collect()
        assert {} == memory._entries
