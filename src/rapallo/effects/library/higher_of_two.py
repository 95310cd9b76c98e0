"""The stronger of the two."""

import numpy as np

from rapallo.effects.effect import effect


@effect(reads="attribute", changes="row and column", unit="unit of the attribute", aliases=("maximum",))
def higher_of_two(view, sender, receiver):
    """Whichever of the two has more decides how the two behave to each other."""
    return np.maximum(view.attribute[sender], view.attribute[receiver])
