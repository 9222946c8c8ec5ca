import pytest

from myself_i2i.inspection._control_units import MAX_UNITS, control_units
from myself_i2i.inspection.infotext import parse
from myself_i2i.inspection.interface import Mode, Role


def units(settings: str) -> list[tuple[str | None, str | None, float | None]]:
    """Module, model and weight of the units in a text with `settings`."""
    info = parse(f"p\nSteps: 1, {settings}")
    assert info is not None
    return [(unit.module, unit.model, unit.weight) for unit in control_units(info)]


class TestControlUnits:
    @pytest.mark.parametrize(
        ("settings", "expected"),
        [
            ("", []),
            ('ControlNet 0: "Module: canny, Model: c [1], Weight: 0.5"', [("canny", "c [1]", 0.5)]),
            ('ControlNet: "preprocessor: none, model: c, weight: 1"', [(None, "c", 1.0)]),
            ('ControlNet 0: "Module: None, Model: None"', []),
            ('ControlNet 0: "Enabled: False, Module: canny, Model: c"', []),
            (
                "ControlNet Enabled: True, ControlNet Module: none, ControlNet Model: c(1), ControlNet Weight: 0.7",
                [(None, "c(1)", 0.7)],
            ),
            ("ControlNet Enabled: False, ControlNet Model: c", []),
            (
                "ControlNet-0 Enabled: True, ControlNet-0 Model: a, ControlNet-1 Enabled: True, ControlNet-1 Model: b",
                [(None, "a", None), (None, "b", None)],
            ),
            ("ControlNet Enabled: True", [(None, None, None)]),
            ("ControlNet Version: 1.1", []),
        ],
    )
    def test_every_spelling(
        self, settings: str, expected: list[tuple[str | None, str | None, float | None]]
    ) -> None:
        """Enabled units are found in every spelling, and disabled or empty ones are not units."""
        assert expected == units(settings)

    @pytest.mark.parametrize(
        ("module", "model", "mode", "role"),
        [
            ("canny", "control_canny", Mode.CONTROLNET, Role.CONTROL),
            ("reference_adain+attn", "None", Mode.REFERENCE, Role.REFERENCE),
            ("CLIP-ViT-H (IPAdapter)", "ip-adapter_sd15", Mode.REFERENCE, Role.REFERENCE),
            ("instant_id_face_keypoints", "control_instant_id", Mode.REFERENCE, Role.REFERENCE),
            ("inpaint_global_harmonious", "control_inpaint", Mode.INPAINT, Role.CONTROL),
            ("none", "control_v11p_sd15_inpaint", Mode.INPAINT, Role.CONTROL),
            ("tile_resample", "control_v11f1e_tile", Mode.CONTROLNET, Role.CONTROL),
        ],
    )
    def test_what_a_unit_did(self, module: str, model: str, mode: Mode, role: Role) -> None:
        """Module and model say whether the picture steered, was a reference, or was filled in."""
        info = parse(f'p\nSteps: 1, ControlNet 0: "Module: {module}, Model: {model}"')
        assert info is not None
        (unit,) = control_units(info)

        assert (mode, role) == (unit.mode, unit.role)

    def test_bounded(self) -> None:
        """Endless units give a bounded number."""
        many = ", ".join(f'ControlNet {index}: "Module: canny, Model: c"' for index in range(500))

        assert MAX_UNITS == len(units(many))
