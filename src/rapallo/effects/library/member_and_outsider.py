"""A member and an outsider."""

from rapallo.effects.effect import effect


@effect(reads="membership", changes="row and column", unit="1")
def member_and_outsider(view, sender, receiver):
    """Between a member and an outsider stands the institution itself."""
    sender_in = False
    receiver_in = False
    for other in range(view.actors):
        sender_in = sender_in or view.membership[sender, other] > 0
        receiver_in = receiver_in or view.membership[receiver, other] > 0
    return 1.0 if sender_in != receiver_in else 0.0
