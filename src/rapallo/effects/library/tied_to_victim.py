"""Ties to the one attacked."""

from rapallo.effects.effect import effect


@effect(reads=("war", "network"), changes="row and column", unit="victims tied to the sender")
def tied_to_victim(view, sender, receiver):
    """Those tied to the one attacked turn against its attacker."""
    victims = 0.0
    for other in range(view.actors):
        if view.war[receiver, other] > 0 and view.network[sender, other] > 0 and other != sender and other != receiver:
            victims += 1.0
    return victims
