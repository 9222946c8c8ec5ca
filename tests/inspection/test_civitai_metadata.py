from typing import Any

import pytest

from myself_i2i.inspection._civitai_metadata import (
    address_of,
    checkpoint_of,
    dicts_in,
    pictures_of,
    resource_names,
    unsigned,
    workflow_mode,
    workflow_of,
)
from myself_i2i.inspection.interface import Mode


class TestWorkflow:
    @pytest.mark.parametrize(
        ("meta", "expected"),
        [
            ({"workflow": "IMG2IMG"}, "img2img"),
            ({"params": {"workflowId": "txt2img"}}, "txt2img"),
            ({"workflow": 3}, ""),
            ({}, ""),
        ],
    )
    def test_every_place(self, meta: dict[str, Any], expected: str) -> None:
        """The workflow is found under each name the site used."""
        assert expected == workflow_of(meta)

    def test_modes(self) -> None:
        """The name of a workflow says what became of the picture."""
        names = ("img2img", "img2img:edit", "img2img-upscale", "img2img:inpaint")

        assert [Mode.I2I, Mode.EDIT, Mode.UPSCALE, Mode.INPAINT] == [workflow_mode(name) for name in names]


class TestPictures:
    def test_lists_and_single_ones(self) -> None:
        """Linked pictures are found in lists and alone, each once, without the signature of the link."""
        meta = {
            "images": [{"url": "https://a/1?sig=x"}, "https://a/2"],
            "sourceImage": {"url": "https://a/1"},
            "image": None,
        }

        assert (["https://a/1", "https://a/2"], ["images", "sourceImage"]) == pictures_of(meta)

    @pytest.mark.parametrize("value", [None, 3, "", " ", [], {}, {"url": 3}])
    def test_nothing_to_name(self, value: Any) -> None:
        """Anything that is no address is none."""
        assert None is address_of(value)

    def test_evidence_is_unsigned(self) -> None:
        """What is shown as evidence never holds a signature."""
        shown = [
            unsigned(value)
            for value in ("a?sig=1", [{"url": "b?sig=1", "width": 1}, 3], {"url": "c?sig=1"}, 4)
        ]

        assert ["a", [{"url": "b"}], {"url": "c"}, None] == shown


class TestResources:
    def test_names(self) -> None:
        """Models are named by name, or by their number where there is no name."""
        resources = dicts_in(
            [{"type": "Checkpoint", "modelVersionId": 12}, {"type": "lora", "modelVersionId": 3}, "x"]
        )

        assert ("Civitai model version 12", ["model version 3"]) == (
            checkpoint_of(resources),
            resource_names(resources, "lora"),
        )
        assert None is checkpoint_of([])
