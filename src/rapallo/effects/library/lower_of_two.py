"""The weakest link."""

import numpy as np

from rapallo.effects.effect import effect


@effect(
    reads="attribute", changes="row and column", unit="unit of the attribute", cites="dixon1994", aliases=("minimum",)
)
def lower_of_two(view, sender, receiver):
    """Whichever of the two has less decides how the two behave to each other."""
    return np.minimum(view.attribute[sender], view.attribute[receiver])
