"""The rows: every op is declared in one of these files, by family. Importing the package declares them all."""

import importlib
import pkgutil

for _found in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_found.name}")
