"""What moves an act, written as a formula: field names or those of other programs."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rapallo.effects import Effect, get_effect
from rapallo.errors import RapalloError, UnknownNameError
from rapallo.estimate.transform import TRANSFORMS

SUMMARIES = ("mean", "sum", "min", "max", "median")
"""How the values of those who chose an actor are brought together, in the order of an effect's setting ``summary``."""

_NETWORK_SLOTS = ("network", "pair", "memory", "first", "second")
HISTORIES = ("pooled", "sequential", "consecutive")
"""Which two-paths count: all; those whose second tie formed after the first; those where the very next change of the
network formed it."""

_ONE_CALL = re.compile(r"(?:function|\\)\s*\((\w+)\)\s*([\w.]+)\(\1(?:\s*,\s*na\.rm\s*=\s*\w+)?\s*\)")
"""An R function that calls another and does no more: ``function(x) mean(x, na.rm = TRUE)``, ``\\(x) max(x)``."""

FORMED = "formed in "
"""What the name of the numbers of a network's ties, by the changes that formed them, begins with."""


@dataclass(frozen=True, slots=True)
class Statistic:
    """One effect, bound to what it reads.

    Parameters
    ----------
    effect
        The registered effect's name.
    reads
        What each slot is bound to.
    settings
        Values of its settings.
    window
        How far back the network is read, as written; ``None``: all of it.
    half_life, tick
        How fast its acts fade, and in steps of what length, as written; ``None``: they do not.
    """

    effect: str
    reads: tuple[tuple[str, str], ...]
    settings: tuple[tuple[str, float], ...] = ()
    window: float | str | None = None
    half_life: float | str | None = None
    tick: float | str | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """One column of the model: a statistic, or a product of several, perhaps transformed.

    Parameters
    ----------
    name
        As written.
    factors
        The statistics multiplied; none for the intercept.
    transform
        One of ``transform.TRANSFORMS``, or an empty string.
    untied
        The statistic counts as zero where a tie of the dependent network stands.
    """

    name: str
    factors: tuple[Statistic, ...]
    transform: str = ""
    untied: bool = False


@dataclass(frozen=True, slots=True)
class Formula:
    """What a formula says: the dependent network (or nothing), the intercept, the terms in order."""

    events: str
    intercept: bool
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Names:
    """What a formula may name: networks and attributes, and the network that is meant where none is named.

    ``two_mode``: the networks that lead from one mode to another.
    """

    networks: tuple[str, ...]
    attributes: tuple[str, ...]
    default: str
    two_mode: tuple[str, ...] = ()


def split_formula(text: str | Sequence[str]) -> tuple[str, str]:
    """Take a formula apart at its tilde: the dependent network (or an empty string) and the terms."""
    if not isinstance(text, str):
        text = "~ " + " + ".join(text)
    left, tilde, right = text.partition("~")
    if not tilde:
        left, right = "", text
    return left.strip(), re.sub(r"\b[\w.]+\$", "", _ONE_CALL.sub(r"\2", right)).strip()


def split_parts(text: str, joint: bool) -> list[str]:
    """Take a formula's right side apart at its bars: for a joint model rate, choice and perhaps consent.

    Raises
    ------
    RapalloError
        If there are too many parts, or too few.
    """
    parts = [each.strip() for each in text.split("|")]
    if not joint and len(parts) > 1:
        raise RapalloError(f"{text!r} has several parts; give model='joint' (rate | choice | consent), or one part")
    if joint and (len(parts) not in (2, 3) or not all(parts)):
        raise RapalloError(
            f"a joint model's formula has two or three parts, rate | choice | consent, for example "
            f"'~ 1 + outdeg | inertia + recip | recip'; {text!r} has {sum(map(bool, parts))}"
        )
    return parts


def read_formula(text: str | Sequence[str], names: Names, *, by_actor: bool) -> Formula:
    """Read a formula.

    Parameters
    ----------
    text
        ``"call ~ 1 + indeg + tie(friendship)"``, or a list of terms. ``a:b`` is the product of
        two terms, ``a*b`` both and their product.
    names
        What it may name.
    by_actor
        The model weighs actors, not pairs: an effect of the receiver then means the actor itself.

    Raises
    ------
    UnknownNameError
        For an effect, network or attribute that there is not.
    RapalloError
        If the text is no formula.
    """
    left, right = split_formula(text)
    if not right:
        raise RapalloError("the formula has no terms; write for example '~ inertia + recip'")
    try:
        tree = ast.parse(right.replace(":", "@"), mode="eval").body
    except SyntaxError:
        advice = "write for example '~ inertia + tie(friendship)'"
        if re.search(r"function\s*\(|\\\(", right):
            advice = "name a function instead of writing it out, as transformer_fn = square or summarizer_fn = max"
        raise RapalloError(f"{right!r} is no formula; {advice}") from None
    intercept = False
    terms: list[Term] = []
    for node in _sum(tree):
        if isinstance(node, ast.Constant) and node.value in (0, 1):
            intercept = intercept or node.value == 1
            continue
        for term in _expand(node, names, by_actor):
            if term.name in [each.name for each in terms]:
                raise RapalloError(f"the term {term.name!r} stands twice in the formula")
            terms.append(term)
    return Formula(left, intercept, tuple(terms))


def refuse_pairs(formula: Formula) -> None:
    """Refuse in what weighs actors the effects that are about a pair: of an actor and itself they say something else.

    Raises
    ------
    RapalloError
        Naming the term.
    """
    for term in formula.terms:
        for factor in term.factors:
            effect = get_effect(factor.effect)
            if effect.asks_for(1) and effect.asks_for(2):
                raise RapalloError(
                    f"{term.name!r}: {effect.name} is about a pair, and a rate weighs actors; write effects of one "
                    "actor, such as indeg, outdeg, node_trans, ego(…) or tertius(…)"
                )


def _sum(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return [*_sum(node.left), *_sum(node.right)]
    return [node]


def _expand(node: ast.expr, names: Names, by_actor: bool) -> list[Term]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.MatMult, ast.Mult)):
        left, right = _expand(node.left, names, by_actor), _expand(node.right, names, by_actor)
        both = [_product(a, b) for a in left for b in right]
        return both if isinstance(node.op, ast.MatMult) else [*left, *right, *both]
    return [_term(node, names, by_actor)]


def _product(first: Term, second: Term) -> Term:
    if first.transform or second.transform or first.untied or second.untied:
        raise RapalloError(f"{first.name!r} and {second.name!r} cannot be multiplied: one of them is transformed")
    return Term(f"{first.name}:{second.name}", first.factors + second.factors)


def _term(node: ast.expr, names: Names, by_actor: bool) -> Term:
    written = ast.unparse(node).replace(" @ ", ":").replace("'", "")
    if isinstance(node, ast.Name):
        name, arguments, keywords = node.id, [], {}
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        name = node.func.id
        arguments = [_value(each) for each in _flat(node.args)]
        keywords = {str(each.arg): _value(each.value) for each in node.keywords}
    else:
        raise RapalloError(f"{written!r} is no term; write an effect, or an effect with what it reads in brackets")
    flags = [each for each in arguments if each in ("weighted", "ego", "alter")]
    arguments = [each for each in arguments if each not in flags]
    weighted = "weighted" in flags or _true(keywords.pop("weighted", False))
    side = str(keywords.pop("type", "ego" if "ego" in flags else "alter" if "alter" in flags else ""))
    two_mode = _true(keywords.pop("is_two_mode", False))
    untied = _true(keywords.pop("ignore_repetitions", False))
    functions = {key: str(keywords.pop(key, "")) for key in ("transformer_fn", "transform", "summarizer_fn")}
    history = str(keywords.pop("history", "pooled"))
    if history not in HISTORIES:
        raise UnknownNameError("history", history, HISTORIES)
    spans = {key: keywords.pop(key, None) for key in ("window", "half_life", "tick")}
    for key, span in spans.items():
        if span is not None and not isinstance(span, (int, float, str)):
            raise RapalloError(f"{written!r}: {key} is a number or text such as '3 days'")
    if spans["tick"] is not None and spans["half_life"] is None:
        raise RapalloError(f"{written!r}: a tick is the step in which acts fade; give half_life=… too")
    if spans["half_life"] is not None and spans["window"] is not None:
        raise RapalloError(f"{written!r}: acts either fade or drop out of a window, not both")
    weighted = weighted or spans["half_life"] is not None
    if history != "pooled":
        if any(span is not None for span in spans.values()):
            raise RapalloError(f"{written!r}: history={history} goes with no window and no half-life")
        if get_effect(name).name not in ("transitivity", "cycle"):
            raise RapalloError(f"{written!r}: of history={history} there are trans and cycle")
        name = f"{'trans' if get_effect(name).name == 'transitivity' else 'cycle'}_sequential"
        keywords["directly"] = float(history == "consecutive")
    effect = _effect(name, side == "ego" or by_actor, side == "ego", weighted)
    settings = {key: keywords.pop(key) for key in dict(effect.settings) if key in keywords}
    transform = _transform(effect, functions["transformer_fn"], functions["transform"], settings, written)
    if functions["summarizer_fn"]:
        settings["summary"] = _summary(effect, functions["summarizer_fn"], written)
    reads = _bind(effect, [str(each) for each in arguments], keywords, names, written)
    read = [name for name in reads.values() if name in names.networks]
    if two_mode and read and not any(name in names.two_mode for name in read):
        raise RapalloError(
            f"{written!r}: no network that it reads leads from one mode to another; give it modes=… in with_network"
        )
    statistic = Statistic(
        effect.name,
        tuple(reads.items()),
        tuple((key, float(value)) for key, value in settings.items()),  # type: ignore[arg-type]
        **spans,  # type: ignore[arg-type]
    )
    return Term(written, (statistic,), transform, untied)


def _transform(effect: Effect, in_place: str, after: str, settings: dict[str, object], written: str) -> str:
    """Find what is done to the statistic: ``in_place`` of the absolute value, where the effect takes one, or ``after``.

    A function in place of the absolute value has the difference with its sign, which is an effect's setting ``signed``.
    An effect that takes the mean of many squares has a setting ``squared`` for it.
    """
    if in_place and after:
        raise RapalloError(f"{written!r}: give transformer_fn=… or transform=…, not both")
    found = in_place or after
    if found and found not in TRANSFORMS:
        raise UnknownNameError("transform", found, TRANSFORMS)
    if in_place and effect.name == "similarity":
        if in_place != "abs":
            raise RapalloError(
                f"{written!r}: sim is minus the distance; write diff(…, transformer_fn={in_place}), whose parameter "
                "has the opposite sign"
            )
        return ""
    if in_place and "signed" in dict(effect.settings):
        if in_place == "abs":
            return ""
        if in_place == "square" and "squared" in dict(effect.settings):
            settings["squared"] = 1.0
            return "identity"
        settings["signed"] = 1.0
    return "" if found == "identity" else found


def _summary(effect: Effect, name: str, written: str) -> float:
    """Give the number of a summary, for an effect that has one."""
    if "summary" not in dict(effect.settings):
        raise RapalloError(f"{written!r}: summarizer_fn goes with tertius and tertius_diff; {effect.name} has none")
    if name not in SUMMARIES:
        raise UnknownNameError("summary", name, SUMMARIES)
    return float(SUMMARIES.index(name))


def _effect(name: str, ego: bool, must: bool, weighted: bool) -> Effect:
    """Find the effect meant: its form for the sender, its weighted form, where these are asked for."""
    sides = [f"{name}_ego", *([] if must else [name])] if ego else [name]
    for side in sides:
        try:
            return get_effect(f"{side}_weighted" if weighted else side)
        except UnknownNameError:
            continue
    found = get_effect(name)
    raise RapalloError(f"effect {found.name!r} has no {'weighted ' if weighted else ''}form{' of ego' if must else ''}")


def _bind(
    effect: Effect, arguments: list[str], keywords: Mapping[str, object], names: Names, written: str
) -> dict[str, str]:
    """Bind each slot of an effect to a network or an attribute."""
    known = (*names.networks, *names.attributes)
    reads: dict[str, str] = {}
    for key, value in keywords.items():
        if key not in effect.reads:
            raise UnknownNameError(f"argument of {effect.name}", key, [*effect.reads, *dict(effect.settings)])
        reads[key] = str(value)
    left = list(arguments)
    slots = [slot for slot in effect.reads if slot not in reads]
    for place, slot in enumerate(slots):
        if slot == "formed" and slot not in known:
            reads[slot] = FORMED + reads.get("network", names.default)
            continue
        short = len(left) < len(slots) - place
        if slot in _NETWORK_SLOTS and (not left or (short and left[0] in names.attributes)):
            reads[slot] = names.default
        elif left:
            reads[slot] = left.pop(0)
        elif slot in known:
            reads[slot] = slot
        else:
            raise RapalloError(f"{written!r} does not say what its {slot} is; write {effect.name}(…)")
    if left:
        raise RapalloError(
            f"{written!r}: {effect.name} reads {', '.join(effect.reads) or 'nothing'}; {left[0]!r} is too many"
        )
    for slot, name in reads.items():
        if slot == "formed" and name.removeprefix(FORMED) in names.networks:
            continue
        if name not in known:
            raise UnknownNameError(f"network or attribute (in {written!r})", name, known)
        if slot in _NETWORK_SLOTS and name in names.attributes:
            raise RapalloError(f"{written!r}: {effect.name} reads a network, and {name!r} is an attribute")
        if "attribute" in slot and name in names.networks:
            raise RapalloError(f"{written!r}: {effect.name} reads an attribute, and {name!r} is a network")
    return reads


def _flat(nodes: Sequence[ast.expr]) -> list[ast.expr]:
    """Open lists: ``mixed_trans(list(a, b))`` means ``mixed_trans(a, b)``."""
    flat: list[ast.expr] = []
    for node in nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("list", "c"):
            flat += node.args
        elif isinstance(node, (ast.List, ast.Tuple)):
            flat += node.elts
        else:
            flat.append(node)
    return flat


def _value(node: ast.expr) -> object:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
        return -node.operand.value  # type: ignore[operator]
    raise RapalloError(f"{ast.unparse(node)!r} is neither a name, a number nor text")


def _true(value: object) -> bool:
    return value is True or str(value) in ("TRUE", "T", "True")
