from typing import Any

import pytest

from myself_i2i.inspection._embedded_graph import MAX_NODES, graph_in


class TestGraphIn:
    def test_keeps_only_nodes(self) -> None:
        """What stands beside the nodes (a site's metadata) is no part of the graph."""
        node = {"class_type": "SaveImage", "inputs": {}}

        assert {"1": node} == graph_in({"1": node, "extra": {"airs": []}, "extraMetadata": "{}"})

    @pytest.mark.parametrize(
        "value",
        [
            None,
            [],
            "x",
            {},
            {"1": {"class_type": 3}},
            {str(index): {"class_type": "A"} for index in range(MAX_NODES + 1)},
        ],
    )
    def test_no_graph(self, value: Any) -> None:
        """Anything else, and anything too large, is no graph."""
        assert None is graph_in(value)
