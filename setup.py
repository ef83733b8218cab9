"""Compiles the library's hot core: each module with a .pxd beside its .py, and the loops in kernels/host.

An install is complete without it: a missing compiler or a failed compile costs speed and never the install.
MINI_AUTOGRAD_REQUIRE_COMPILED=1 makes it an error instead.
"""

import os
import sys
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext as setuptools_build_ext
from setuptools.errors import BaseError, CCompilerError

from distutils.command.build_ext import build_ext as distutils_build_ext  # isort: skip  (setuptools' own copy)

PACKAGE = Path("mini_autograd")
GENERATED = Path("build/cython")
# Each class of the core can be a link of a chain of any length, which must be freed without recursion.
CLASS_DIRECTIVES = {"trashcan": True}
# Types come from the .pxd alone: a hint in the source is for people and mypy, and promises C nothing.
DIRECTIVES = {"language_level": 3, "binding": True, "cdivision": False, "annotation_typing": False}
# No contraction to fused multiply-add: a loop has to round as the numpy function does that it stands in for.
# No traps: nobody looks for floating-point exceptions, and without them both sides of a choice may be computed.
LOOP_FLAGS = ["-O3", "-g0", "-ffp-contract=off", "-fno-trapping-math"]
CORE_FLAGS = ["-O2", "-g0", "-Wno-array-bounds"]


def extension(source: Path) -> Extension:
    return Extension(".".join(source.with_suffix("").parts), [str(source)], depends=["setup.py"])


def declared_extensions() -> list[Extension]:
    """Every .py with a .pxd beside it and every .pyx of kernels/host, found by looking."""
    loops = sorted((PACKAGE / "kernels" / "host").glob("*.pyx"))
    core = [pxd.with_suffix(".py") for pxd in sorted(PACKAGE.rglob("*.pxd"))]
    return [
        extension(s) for s in loops + [s for s in core if s.exists() and s.with_suffix(".pyx") not in loops]
    ]


class build_ext(setuptools_build_ext):
    """All extensions or none: half a compiled core would mix two layouts of the same classes."""

    def finalize_options(self) -> None:
        self.parallel = self.parallel or os.cpu_count()
        super().finalize_options()

    def run(self) -> None:
        self.remove_extensions(keep=self.extensions)
        try:
            # Straight into the tree when in place: only then is what is up to date recognised and left alone.
            (distutils_build_ext if self.inplace else setuptools_build_ext).run(self)
        except (BaseError, CCompilerError, ImportError, OSError) as error:
            if os.environ.get("MINI_AUTOGRAD_REQUIRE_COMPILED") == "1":
                raise
            self.remove_extensions(keep=[])
            self.extensions = []
            print(f"mini_autograd: not compiled, runs as plain Python ({error})", file=sys.stderr)

    def build_extensions(self) -> None:
        for ext, translated in zip(self.extensions, self.translate(), strict=True):
            loop = ext.sources[0].endswith(".pyx")
            ext.sources, ext.depends = translated.sources, translated.depends
            if self.compiler.compiler_type == "unix":
                ext.extra_compile_args = LOOP_FLAGS if loop else CORE_FLAGS
        super().build_extensions()

    def translate(self) -> list[Extension]:
        """Python to C, for what has changed since the last time."""
        import numpy
        from Cython.Build import cythonize
        from Cython.Compiler.Errors import CompileError
        from Cython.Compiler.Options import get_directive_defaults

        # Cython takes these on a class in the source only, and the source is plain Python.
        get_directive_defaults().update(CLASS_DIRECTIVES)

        for ext in self.extensions:
            ext.include_dirs = [numpy.get_include()]
        # A .pxd says how objects lie in memory, and Cython does not see every module that relies on it.
        shared = max(path.stat().st_mtime for path in (Path("setup.py"), *PACKAGE.rglob("*.pxd")))
        translated = (GENERATED / Path(ext.sources[0]).with_suffix(".c") for ext in self.extensions)
        shared_changed = any(c.exists() and c.stat().st_mtime < shared for c in translated)
        try:
            return cythonize(
                self.extensions,
                build_dir=str(GENERATED),
                compiler_directives=DIRECTIVES | CLASS_DIRECTIVES,
                force=bool(self.force or shared_changed),
                nthreads=self.parallel if sys.platform == "linux" else 0,
                quiet=True,
            )
        except CompileError as error:
            raise CCompilerError(f"Cython cannot translate {error}") from error

    def remove_extensions(self, keep: list[Extension]) -> None:
        """Delete what earlier builds left where this one builds: a leftover would hide its changed source."""
        suffix = EXTENSION_SUFFIXES[0]
        root = Path() if self.inplace else Path(self.build_lib)
        kept = {root.joinpath(*ext.name.split(".")).with_suffix(suffix) for ext in keep}
        for built in set((root / PACKAGE).rglob(f"*{suffix}")) - kept:
            built.unlink()


setup(ext_modules=declared_extensions(), cmdclass={"build_ext": build_ext})
