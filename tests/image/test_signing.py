"""Our files in c2pa-python's hands: what we change must sign, validate, and keep its digest through signing."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image
from tests.support.credentials import maker
from tests.support.pictures import BUILDERS, comment_exif, picture, xmp_packet

from myself_i2i.c2pa import native
from myself_i2i.c2pa.reading import State
from myself_i2i.image import (
    Format,
    decode,
    image_data_digest,
    insert_xmp,
    read_container,
    strip_generation_metadata,
    write_xmp,
)

MANIFEST = {
    "claim_generator_info": [{"name": "myself-i2i tests"}],
    "assertions": [
        {
            "label": "c2pa.actions.v2",
            "data": {
                "actions": [
                    {
                        "action": "c2pa.created",
                        "digitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
                    }
                ]
            },
        }
    ],
}
PACKET = write_xmp({"dc:subject": ["#Myself_i2i"], "Iptc4xmpExt:AIPromptInformation": "a prompt"})
OPTIONS: list[dict[str, Any]] = [{}, {"exif": comment_exif("x"), "xmp": xmp_packet("<dc:title>t</dc:title>")}]


def sign(data: bytes, form: Format) -> native.Signed:
    someone = maker("someone")
    return native.sign(data, form.mime, MANIFEST, chain_pem=someone.chain, key=someone.pem)


def state_of(data: bytes, form: Format) -> State:
    reading = native.read(data, form.mime)
    assert reading is not None
    return reading.state


class TestSigning:
    @pytest.mark.parametrize("form", Format)
    @pytest.mark.parametrize("options", OPTIONS)
    def test_a_file_with_our_xmp_signs_and_validates(self, form: Format, options: dict[str, Any]) -> None:
        """After XMP and signature: valid, same picture, same digest, packet readable by Pillow, store found by us."""
        data = BUILDERS[form](**options)
        written = insert_xmp(data, PACKET)
        signed = sign(written, form)
        assert State.VALID is state_of(signed.data, form)
        assert image_data_digest(data) == image_data_digest(signed.data)
        found = read_container(signed.data)
        assert (PACKET.decode(), signed.manifest_store) == (found.xmp, found.manifest_store)
        assert PACKET == Image.open(io.BytesIO(signed.data)).info["xmp"]
        assert decode(data).tobytes() == decode(signed.data).tobytes()

    @pytest.mark.parametrize("form", Format)
    def test_a_stripped_manifest_is_gone_for_c2pa_too(self, form: Format) -> None:
        """`drop_manifest` leaves nothing that c2pa-python finds; without it the store is still found."""
        signed = sign(BUILDERS[form](), form).data
        assert read_container(strip_generation_metadata(signed)).manifest_store is not None
        dropped = strip_generation_metadata(signed, drop_manifest=True)
        assert native.read(dropped, form.mime) is None
        assert image_data_digest(signed) == image_data_digest(dropped)

    @pytest.mark.parametrize("form", Format)
    def test_replaced_xmp_signs_again(self, form: Format) -> None:
        """A signed file that gets another packet no longer validates, and can be signed anew."""
        changed = insert_xmp(sign(BUILDERS[form](), form).data, PACKET)
        assert State.INVALID is state_of(changed, form)
        fresh = sign(strip_generation_metadata(changed, drop_manifest=True), form)
        assert State.VALID is state_of(fresh.data, form)

    @pytest.mark.parametrize("options", OPTIONS)
    def test_a_moving_avif_survives_signing(self, options: dict[str, Any]) -> None:
        """Signing moves the samples of a sequence: the digest follows them, and Pillow still sees all metadata."""
        frames = [picture(seed=seed) for seed in range(3)]
        buffer = io.BytesIO()
        frames[0].save(buffer, "AVIF", save_all=True, append_images=frames[1:], **options)
        signed = sign(insert_xmp(buffer.getvalue(), PACKET), Format.AVIF).data
        assert image_data_digest(buffer.getvalue()) == image_data_digest(signed)
        assert State.VALID is state_of(signed, Format.AVIF)
        image = Image.open(io.BytesIO(signed))
        assert PACKET == image.info["xmp"]
        assert options.get("exif") == image.info.get("exif")
