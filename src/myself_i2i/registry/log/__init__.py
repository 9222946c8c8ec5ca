"""The registry's append-only log: committed in the database, published as plain files."""

from myself_i2i.registry.log.appender import Candidate, Log, Placed
from myself_i2i.registry.log.folder import FolderFiles
from myself_i2i.registry.log.interface import Files
from myself_i2i.registry.log.memory import MemoryFiles

__all__ = ["Candidate", "Files", "FolderFiles", "Log", "MemoryFiles", "Placed"]
