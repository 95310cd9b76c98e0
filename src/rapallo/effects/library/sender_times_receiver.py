"""One side's need for what the other has."""

from rapallo.effects.effect import effect


@effect(
    reads=("attribute", "other_attribute"),
    changes="row and column",
    unit="product of the two units",
    cites="stadtfeld_block2017",
    aliases=("ego_alter_interaction", "egoXaltX", "egoAlterInt"),
)
def sender_times_receiver(view, sender, receiver):
    """Neither what the sender is nor what the receiver is matters without the other."""
    return view.attribute[sender] * view.other_attribute[receiver]
