"""The stronger of the two."""

from rapallo.effects.effect import effect


@effect(reads="attribute", changes="row and column", unit="unit of the attribute", aliases=("maximum",))
def higher_of_two(view, sender, receiver):
    """Whichever of the two has more decides how the two behave to each other."""
    mine, theirs = view.attribute[sender], view.attribute[receiver]
    return max(mine, theirs) + 0.0 * (mine + theirs)  # the max of a number and an unknown would be the number
