"""What a Tensor can do: operators and methods from the rows, and properties.

Importing this package completes the class that ``mini_autograd.tensor`` leaves bare.
"""

from mini_autograd import build, conversion, ops
from mini_autograd.methods import (
    exchange,
    factorization,
    geometry,
    history,
    legacy,
    operators,
    parts,
    properties,
    removed,
    serialization,
    subclass,
    subscript,
    text,
)

# The rows must have been declared before their methods are attached.
assert ops

operators.attach()
properties.attach()
parts.attach()
geometry.attach()
history.attach()
removed.attach()
text.attach()
conversion.attach()
exchange.attach()
factorization.attach()
serialization.attach()
legacy.attach()
subscript.attach()
subclass.attach()

if not build.is_compiled():
    from mini_autograd import interpreted

    interpreted.attach()
