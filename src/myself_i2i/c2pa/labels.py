"""Every C2PA, CAWG and IPTC string we write or look for, once, with the place that defines it.

C2PA sections are those of the Technical Specification 2.4
(https://spec.c2pa.org/specifications/specifications/2.4/specs/C2PA_Specification.html).
"""

from __future__ import annotations

from typing import Final

__all__ = [
    "ACTIONS",
    "ACTIONS_V1",
    "ACTION_CREATED",
    "ACTION_EDITED_METADATA",
    "ACTION_OPENED",
    "CLAIM_GENERATOR",
    "COMPONENT_OF",
    "COMPOSITE_WITH_TRAINED_ALGORITHMIC_MEDIA",
    "CREATED_LABELS",
    "DIGITAL_SOURCE_TYPE",
    "EKUS",
    "EKU_C2PA",
    "EKU_DOCUMENT_SIGNING",
    "EKU_EMAIL_PROTECTION",
    "INGREDIENT",
    "INGREDIENT_V1",
    "INPUT_TO",
    "MARK",
    "MARK_VERSION",
    "PARENT_OF",
    "SOFT_BINDING",
    "SOFT_BINDING_ISCC",
    "SPEC_VERSION",
    "TRAINED_ALGORITHMIC_MEDIA",
    "TRAINING_MINING",
    "TRAINING_MINING_AI_INFERENCE",
    "TRAINING_MINING_AI_TRAINING",
    "TRAINING_MINING_DATA_MINING",
    "TRAINING_MINING_GENERATIVE",
]

CLAIM_GENERATOR: Final = "Myself_i2i"
"""Our `name` in `claim_generator_info`; §10.2.3 "Claim generator info"."""

SPEC_VERSION: Final = "2.4.0"
"""`specVersion` in `claim_generator_info`, §10.2.3; the conformance programme asks for it since 0.2."""

# -- assertions --------------------------------------------------------------------------------------------

ACTIONS: Final = "c2pa.actions.v2"
"""§18.15 "Actions"."""

ACTIONS_V1: Final = "c2pa.actions"
"""The older form; read only. §18.15."""

INGREDIENT: Final = "c2pa.ingredient.v3"
"""§18.16 "Ingredient"."""

INGREDIENT_V1: Final = "c2pa.ingredient"
"""The older form; read only. §18.16."""

MARK: Final = "org.myself-i2i.mark"
"""Our own assertion, `spec/mark.md`. §6.2 "Labels": the first version of an assertion carries no suffix, the
next would be `org.myself-i2i.mark.v2`. c2pa-rs drops a `.v1` in silence, so the longer name would never
be found again, nor matched by `created_assertion_labels`."""

MARK_VERSION: Final = 1
"""The version of `MARK`, repeated inside it as `version`; `spec/mark.md`."""

TRAINING_MINING: Final = "cawg.training-mining"
"""https://cawg.io/training-and-data-mining/1.1/ "Training and data mining assertion"."""

TRAINING_MINING_AI_INFERENCE: Final = "cawg.ai_inference"
"""Entry: may the picture be the input of a trained model (this is the one that covers image-to-image)?"""
TRAINING_MINING_AI_TRAINING: Final = "cawg.ai_training"
"""Entry: may a model that does not generate be trained on it?"""
TRAINING_MINING_GENERATIVE: Final = "cawg.ai_generative_training"
"""Entry: may a generative model be trained on it?"""
TRAINING_MINING_DATA_MINING: Final = "cawg.data_mining"
"""Entry: may it be mined for data?"""

SOFT_BINDING: Final = "c2pa.soft-binding"
"""Assertion "Soft Binding", #soft_binding_assertion: by what the picture is found again when the manifest is no longer in the file."""

SOFT_BINDING_ISCC: Final = "io.iscc.v0"
"""Its `alg` for ISCC, https://github.com/c2pa-org/softbinding-algorithm-list; the value is that of IEP-0020."""

CREATED_LABELS: Final = (
    ACTIONS_V1, ACTIONS, INGREDIENT_V1, INGREDIENT, MARK, SOFT_BINDING, TRAINING_MINING,
)  # fmt: skip
"""What the signer vouches for: §10.3 `created_assertions`. Anything else would only be "gathered"."""

# -- actions ------------------------------------------------------------------------------------------------

ACTION_CREATED: Final = "c2pa.created"
"""The asset came into being; asks for a digital source type. §18.15.2."""

ACTION_OPENED: Final = "c2pa.opened"
"""An existing asset was opened as `parentOf`; MUST NOT have a digital source type. §18.15.2."""

ACTION_EDITED_METADATA: Final = "c2pa.edited.metadata"
"""Only metadata changed; needs no digital source type. §18.15.2."""

# -- ingredient relationships, §18.16.3 ---------------------------------------------------------------------

PARENT_OF: Final = "parentOf"
"""The asset is this ingredient, changed."""
INPUT_TO: Final = "inputTo"
"""The ingredient went into a process (a model) that made the asset."""
COMPONENT_OF: Final = "componentOf"
"""The ingredient was placed in the asset; read only."""

# -- digital source types, https://cv.iptc.org/newscodes/digitalsourcetype/ ----------------------------------

DIGITAL_SOURCE_TYPE: Final = "http://cv.iptc.org/newscodes/digitalsourcetype/"
"""The vocabulary; its members are URIs below it."""

TRAINED_ALGORITHMIC_MEDIA: Final = DIGITAL_SOURCE_TYPE + "trainedAlgorithmicMedia"
"""Made by a model trained on sampled content."""

COMPOSITE_WITH_TRAINED_ALGORITHMIC_MEDIA: Final = DIGITAL_SOURCE_TYPE + "compositeWithTrainedAlgorithmicMedia"
"""Other content with parts made by a trained model, "such as with inpainting or outpainting operations"."""

# -- extended key usages of claim signers, §14.5.1 -------------------------------------------------------------

EKU_EMAIL_PROTECTION: Final = "1.3.6.1.5.5.7.3.4"
"""RFC 5280 id-kp-emailProtection: the one that every validator accepts without configuration."""
EKU_DOCUMENT_SIGNING: Final = "1.3.6.1.5.5.7.3.36"
"""RFC 9336 id-kp-documentSigning."""
EKU_C2PA: Final = "1.3.6.1.4.1.62558.2.1"
"""c2pa-kp-claimSigning, used by certificates under the C2PA trust list."""
EKUS: Final = (EKU_EMAIL_PROTECTION, EKU_DOCUMENT_SIGNING, EKU_C2PA)
"""Claim signers with one of these are judged; without this list vendors' marks read as Invalid."""
