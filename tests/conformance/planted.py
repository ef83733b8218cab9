"""The library with the mutant in it that the environment names: a subject that any process can load."""

import importlib
import os
from typing import Any

from conformance.mutation.collection import mutants
from conformance.mutation.library import LIBRARY, load_plain

NAME = "PLANTED_MUTANT"

load_plain()
library = importlib.import_module(LIBRARY)
planted = mutants()[os.environ[NAME]].put()
planted.__enter__()


def __getattr__(name: str) -> Any:
    return getattr(library, name)
