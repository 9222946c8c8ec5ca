"""Records what goes into a diffusers pipeline and what comes out of it, at the moment it happens.

    from myself_i2i_diffusers import record, recorded

    with record(pipe) as rec:              # this block
        out = pipe("a cat", image=picture)
        out.images[0].save("cat.png")      # the record names this file

    pipe = recorded(pipe)                  # or: from here on

Guarantees: a picture is made whether or not its record can be written; the only error added is `RightsError`, before
sampling, and only if the person turned strict mode on. Pipelines that share a model with a recorded one
(`from_pipe`, `AutoPipelineFor….from_pipe`, `OtherPipeline(**pipe.components)`) are recorded with it.

Neither torch nor diffusers is imported here; the pipeline brings them.
"""

from __future__ import annotations

from myself_i2i_diffusers._loading import load_image
from myself_i2i_diffusers._recording import Recording, record, recorded
from myself_i2i_diffusers._version import VERSION

__all__ = ["VERSION", "Recording", "load_image", "record", "recorded"]
