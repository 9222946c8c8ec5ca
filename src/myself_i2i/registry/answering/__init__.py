"""Is this picture among what was recorded? Computed from the log alone, so that anyone can compute it again.

`compute` is pure: a question, what the log holds, and its head, to an answer. What the log holds is `Replay`, which reads
every entry, or `Following`, which remembers what it read; both give the same answer. `answer` is the service: a
question's bytes in, a signed envelope out. Spec: spec/registry-answers.md.
"""

from myself_i2i.registry.answering.computing import Held, Issuer, compute
from myself_i2i.registry.answering.following import Following
from myself_i2i.registry.answering.replaying import Replay
from myself_i2i.registry.answering.signing import answer

__all__ = ["Following", "Held", "Issuer", "Replay", "answer", "compute"]
