"""May this source be used? Rights bases, permissions and wishes, as verified statements say them."""

from myself_i2i.rights.basis import BASIS_WORDS, OWN_WORD, check_sources, find_basis
from myself_i2i.rights.interface import (
    MissingBasis,
    RightsBasis,
    SourceDeclaration,
    SourceFile,
    SourcesReport,
    Statements,
)
from myself_i2i.rights.licences import LICENCES, LicenceTerms, licence_notes, parse_licence
from myself_i2i.rights.permissions import CoveredUse, check_permission
from myself_i2i.rights.sources import find_declarations, find_wishes
from myself_i2i.rights.statements import LedgerStatements, StatementSet, withdrawal_of

__all__ = [
    "BASIS_WORDS",
    "LICENCES",
    "OWN_WORD",
    "CoveredUse",
    "LedgerStatements",
    "LicenceTerms",
    "MissingBasis",
    "RightsBasis",
    "SourceDeclaration",
    "SourceFile",
    "SourcesReport",
    "StatementSet",
    "Statements",
    "check_permission",
    "check_sources",
    "find_basis",
    "find_declarations",
    "find_wishes",
    "licence_notes",
    "parse_licence",
    "withdrawal_of",
]
