from myself_i2i.bulk.summary import DISTINCT, OTHER, Summary


class TestSummary:
    def test_counts(self) -> None:
        """Every file is counted once in each column that it has a value for."""
        summary = Summary()
        summary.add(answer="yes", mode="i2i", tool="ComfyUI", without_basis=["a.png", "a.png"])
        summary.add(answer="no", mode="t2i")
        summary.add(failed=True)
        assert (3, 1, {"yes": 1, "no": 1}) == (summary.files, summary.failures, dict(summary.answers))
        assert {"a.png": 2} == dict(summary.without_basis)

    def test_bounded(self) -> None:
        """A folder with endlessly many names does not fill memory: late new names share one count."""
        summary = Summary()
        summary.add(without_basis=(f"{number}.png" for number in range(DISTINCT + 50)))
        summary.add(without_basis=["1.png"])
        assert (DISTINCT + 1, 50, 2) == (
            len(summary.without_basis),
            summary.without_basis[OTHER],
            summary.without_basis["1.png"],
        )
