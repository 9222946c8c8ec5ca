"""What can be said in a statement: one module per predicate, one page each under spec/predicates/.

`make_statement` joins a predicate with its subjects, `read_signed` verifies an envelope and returns what it
says. `texts` holds the pledge texts, `tags` finds the campaign's tag.
"""

from myself_i2i.predicates.answer import Answer
from myself_i2i.predicates.generation import Generation
from myself_i2i.predicates.interface import Predicate
from myself_i2i.predicates.journal import Journal
from myself_i2i.predicates.mark import Mark
from myself_i2i.predicates.permission import Permission
from myself_i2i.predicates.pledge import Pledge
from myself_i2i.predicates.profile import Profile
from myself_i2i.predicates.question import Question
from myself_i2i.predicates.registry import PREDICATES, make_statement, read_predicate
from myself_i2i.predicates.signed import Signed, introduced_key, read_signed
from myself_i2i.predicates.source import Source
from myself_i2i.predicates.suspension import Suspension
from myself_i2i.predicates.wish import Wish
from myself_i2i.predicates.withdrawal import Withdrawal

__all__ = [
    "PREDICATES",
    "Answer",
    "Generation",
    "Journal",
    "Mark",
    "Permission",
    "Pledge",
    "Predicate",
    "Profile",
    "Question",
    "Signed",
    "Source",
    "Suspension",
    "Wish",
    "Withdrawal",
    "introduced_key",
    "make_statement",
    "read_predicate",
    "read_signed",
]
