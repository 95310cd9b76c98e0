"""Say of each number that no fit has moved why not: ``python estimates/not_estimated.py``."""

from __future__ import annotations

from dataclasses import replace

from entries import write_parameters

import rapallo as rp

REASONS = {
    "recognise_de_facto": "How often is not told: the record has the dealings of the main partners, a selection.",
    "open_talks": "How often is not told: the talks on record were chosen around Soviet policy.",
    "offer_talks": "How often is not told: the talks on record are those that left a trace in the pages.",
    "refuse_talks": "How often is not told: refusals are on record where a source spoke of one.",
    "conclude_trade_agreement": "How often is not told: the agreements on record are from fewer than half of the "
    "partners.",
    "denounce_trade_agreement": "How often is not told: two agreements on record were denounced, of a selection.",
    "conclude_treaty": "How often is not told: of the treaties among others than the USSR the record has a selection.",
    "denounce_alliance": "No alliance on record was ended by a dated act in 1921-39.",
    "cooperate_secretly": "How often is not told: one link is on record, and none was looked for elsewhere.",
    "exchange_officers": "How often is not told: full lists are of 1926, 1927 and 1931, and of other years there is a "
    "selection.",
    "discover_cooperation": "When a government found out is on record nowhere as a dated act.",
    "rearm_openly": "No dated act on record.",
    "subvert": "How often is not told: what never came to light is unknown.",
    "expose_subversion": "How often is not told: raids and letters of note are on record, smaller ones are not.",
    "sanction": "One case, Italy in 1935: fifty-two states by one vote are one decision.",
    "lift_sanction": "One case, Italy in 1936: fifty-two states by one vote are one decision.",
    "league": "One case found among nine, and how each member voted is known of a few.",
    "hidden_capability": "Nobody recorded a value of it.",
    "skill": "Nobody recorded a value of it.",
    "soviet_exports.agreement": "Trade agreements are on record from fewer than half of the partners.",
    "soviet_imports.agreement": "Trade agreements are on record from fewer than half of the partners.",
    "soviet_exports.noise": "What gravity leaves over lasts from year to year with a partner, as noise does not.",
    "soviet_imports.noise": "What gravity leaves over lasts from year to year with a partner, as noise does not.",
    "soviet_exports": "Seen with fewer than ten partners.",
    "soviet_imports": "Seen with fewer than ten partners.",
}
"""By the first words of a number's name; the longest that fits."""


def main() -> None:
    scenario = rp.load("interwar")
    told = {}
    for name, parameter in scenario.parameters.items():
        fitting = [words for words in REASONS if f"{name}.".startswith(f"{words}.")]
        if parameter.origin == "assumed" and fitting and "say next to nothing" not in parameter.not_estimated:
            told[name] = replace(parameter, not_estimated=REASONS[max(fitting, key=len)])
    changed = write_parameters(told)
    silent = [
        n for n, p in scenario.parameters.items() if p.origin == "assumed" and n not in told and not p.not_estimated
    ]
    print(f"{len(told)} numbers that no fit has moved; written: {len(changed)}")
    print(f"without a reason: {', '.join(silent) or 'none'}")


if __name__ == "__main__":
    main()
