"""The weakest link."""

from rapallo.effects.effect import effect


@effect(
    reads="attribute", changes="row and column", unit="unit of the attribute", cites="dixon1994", aliases=("minimum",)
)
def lower_of_two(view, sender, receiver):
    """Whichever of the two has less decides how the two behave to each other."""
    mine, theirs = view.attribute[sender], view.attribute[receiver]
    return min(mine, theirs) + 0.0 * (mine + theirs)  # the min of a number and an unknown would be the number
