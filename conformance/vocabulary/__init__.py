"""The ops that programs draw from: a table, one row an op."""

from . import algebra, alias, network, pointwise, reduction, shape, vision
from .row import Row

FAMILIES: dict[str, tuple[Row, ...]] = {
    "arithmetic": pointwise.ARITHMETIC,
    "elementary": pointwise.ELEMENTARY,
    "rounding": pointwise.ROUNDING,
    "comparison": pointwise.COMPARISON,
    "complex": pointwise.COMPLEX,
    "activation": pointwise.ACTIVATION,
    "reduction": reduction.REDUCTION,
    "scan": reduction.SCAN,
    "order": reduction.ORDER,
    "normalised": reduction.NORMALISED,
    "view": shape.VIEW,
    "shape": shape.SHAPE,
    "creation": shape.CREATION,
    "conversion": shape.CONVERSION,
    "product": algebra.PRODUCT,
    "solution": algebra.SOLUTION,
    "loss": algebra.LOSS,
    "layer": algebra.LAYER,
    "index": algebra.INDEX,
    "alias": alias.ALIAS,
    "seldom": alias.SELDOM,
    "network": network.NETWORK,
    "factorisation": network.FACTORISATION,
    "fourier": network.FOURIER,
    "special": network.SPECIAL,
    "vision": vision.VISION,
}
ROWS: tuple[Row, ...] = tuple(row for rows in FAMILIES.values() for row in rows)

__all__ = ["FAMILIES", "ROWS", "Row"]
