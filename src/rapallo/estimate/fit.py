"""Estimate what moved dated acts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rapallo.errors import RapalloError, UnknownNameError
from rapallo.estimate.arrange import Arranged, Choices, arrange, check_switches
from rapallo.estimate.cases import Cases
from rapallo.estimate.check_arguments import check_arguments
from rapallo.estimate.check_pairs import check_pairs
from rapallo.estimate.endings import endings
from rapallo.estimate.event_data import Changes, EventData
from rapallo.estimate.fit_result import Asked, FitResult
from rapallo.estimate.formula import Names, read_formula, refuse_pairs, split_formula, split_parts
from rapallo.estimate.from_history import Read, Told, read_history
from rapallo.estimate.imputation import impute as impute_draws
from rapallo.estimate.model import model_named
from rapallo.estimate.solve import Wishes, solve
from rapallo.estimate.table import read_table, read_yes_or_no
from rapallo.estimate.unfolding import MissingStatisticError, NotAllowedError
from rapallo.system.history import History, to_iso


def fit(
    formula: str | Sequence[str],
    data: EventData | History,
    *,
    events: Any = None,
    network: str | None = None,
    model: str | None = None,
    change: str | None = None,
    missing: str = "refuse",
    unknown: Sequence[str] = (),
    start: float | str | None = None,
    end: float | str | None = None,
    allowed: NDArray[np.bool_] | None = None,
    opportunities: Sequence[Sequence[str]] | None = None,
    occasions: str = "joint",
    controls: int = 0,
    impute: int = 0,
    seed: int = 0,
    prior: Mapping[str, tuple[float, float]] | float | None = None,
    pool: Mapping[str, str | Sequence[str]] | None = None,
    fixed: Mapping[str, float] | None = None,
    initial: Mapping[str, float] | None = None,
    consent: str = "assumed",
    interval: str = "wald",
    level: float = 0.95,
    tolerance: float = 1e-8,
    memory: float = 1000.0,
) -> FitResult:
    """Estimate what moved dated acts, by maximum likelihood or with stated priors.

    Parameters
    ----------
    formula
        What moves the acts: ``"~ inertia + recip + tie(friendship)"``, or a list of terms. A left
        side names the dependent network. Effects bear the names of ``rapallo.effects()`` or those
        of other programs. ``a:b`` multiplies two terms; ``recip(call, window="3 days")`` looks back
        no further, in ``inertia(call, half_life="10 days")`` acts fade (in steps of ``tick``, by
        default a twelfth of that). With ``1``, rates and intensities take
        the waiting times into account; without it, only the order of acts.
        For a history it is a process of its scenario, ``"recognise"`` (all its motives), or
        ``"recognise ~ distance + tie(alliance)"`` (some of its motives, or other effects).
    data
        Actors, networks and attributes (see :class:`EventData`), or a history: a scenario's
        record, or a run.
    events
        The acts: a table with ``time``, ``sender``, ``receiver``; the name of a network, all of
        whose forming changes are then the acts (where ``change="end"``, those after which no tie stands; what
        lessens a tie is none, and named in a warning); by
        default the network on the formula's left side, or the only one.
    network
        The network that the acts belong to, where ``events`` is a table.
    model
        ``choice`` (whom the sender chose), ``rate`` (who acted), ``coordination`` (which pair
        tied itself, both choosing), ``intensity`` (which pair acted: the relational event model),
        ``consent`` (whether the receiver agreed: the table of acts has a column ``agreed``), ``joint``
        (who acted, whom it chose, and whether that one agreed, where only what was agreed is seen:
        ``"~ 1 + outdeg | inertia | recip"``, rate | choice | consent, the consent asked of the receiver;
        :class:`rapallo.estimate.joint.Joint`). By default ``choice``; for a history, the form of the
        process (``rate`` for how often its senders act, ``joint`` for that and whom, with consent).
    change
        ``form``: only pairs without a tie can act; ``end``: only pairs with one; by default any.
    missing
        Rule for missing values: ``refuse``; ``mean`` (of the other actors; a missing tie is
        absent); ``leave out`` (the options whose statistic is unknown, and the acts). For a
        history: ``refuse``, ``leave out``, or ``default`` (what the scenario states).
    unknown
        For a history: quantities whose unrecorded values are unknown, whatever the scenario's default.
    start, end
        Span of the acts that count, in the data's unit of time or as dates; earlier changes still
        shape the state.
    allowed
        Which pairs can act at all, shape ``(actors, actors)``; for a history it narrows what its process allows.
    opportunities
        For each act, in the order of its table, the names of those who could be chosen then (where ties bind both
        sides: who could take part). By default all that are present and allowed.
    occasions
        ``joint``: acts of one occasion on one day (for event data: at one instant, with one name in a column
        ``occasion`` of the table of acts) are one event with several ties, none of which has seen another;
        the formula stands at :class:`rapallo.estimate.occasion.Occasion`. ``separate``: each act counts alone.
    controls
        Draw about so many options that were not chosen for each choice instead of all of them
        (case–control sampling, equal chances): the likelihood is that of the sampled options. With waiting
        times, so many moments of pairs for each act
        (case–base sampling: :class:`rapallo.estimate.moments.Moments`). Each act of an occasion counts alone then.
    impute
        Draw the uncertain dates and rival readings of the data so many times, fit each draw, and combine by
        Rubin's rules (needs the extra ``estimate``). Readings are drawn by their certainty, every day of a date
        alike: the rules ``by certainty`` and ``draw`` of :class:`rapallo.scenario.resolution.Resolution`.
        0: dates and readings stand as their rules have them.
    seed
        Of all draws: of controls, of dates and readings.
    prior
        Normal priors: term to mean and standard deviation, or one standard deviation for all
        terms but the intercept (a ridge). The fit is then called maximum a posteriori.
    pool
        Terms whose parameter differs by ``receiver``, ``sender`` or ``year`` (or several of them): the
        deviations are normal around a common value, with a standard deviation that the marginal
        likelihood chooses (:func:`rapallo.estimate.pool.choose_scales`). ``{"constant": "receiver"}`` pools
        the receivers; ``{"1": "year"}`` adds what a year has in common. ``result.pooled`` holds both.
    fixed
        Parameters held at a value.
    initial
        Where the climb begins.
    consent
        For a process that asks consent: ``assumed`` holds its parameters at the scenario's values,
        for refusals are seldom recorded; ``estimated`` estimates them.
    interval, level
        ``wald`` or ``profile`` intervals, and at what level.
    tolerance
        Largest absolute score at which the climb ends.
    memory
        Megabytes that may be kept of what the acts could choose among. A history that needs more
        unfolds anew for every step of the climb: slower, with the same result.

    Returns
    -------
    FitResult
        Estimates, intervals, log-likelihood, and how well each act was expected.

    Raises
    ------
    RapalloError
        If an act was impossible, a statistic says nothing, or a value is missing; the message
        says which row.

    Examples
    --------
    >>> acts = {"time": [1, 2, 3, 4, 5], "sender": list("abacb"), "receiver": list("bacab")}
    >>> acts["receiver"] = list("babba")
    >>> data = EventData(["a", "b", "c"]).with_network("call", changes=acts)
    >>> fit("~ recip", data, events="call", model="intensity").acts
    5
    """
    told = {key: value for key, value in locals().items() if key not in ("formula", "data")}
    check_arguments(formula, told)
    del told["impute"]
    if allowed is not None:
        allowed = told["allowed"] = np.asarray(allowed, dtype=bool)
    if impute:
        return _imputed(formula, data, impute, told)
    if occasions not in ("joint", "separate"):
        raise UnknownNameError("treatment of occasions", occasions, ("joint", "separate"))
    wishes = Wishes(prior, fixed, initial, interval, level, tolerance, pool)
    if isinstance(data, History):
        if not isinstance(formula, str):
            formula = formula[0] if len(formula) == 1 else f"{formula[0]} ~ {' + '.join(formula[1:])}"
        for word, given in (
            ("events", events is not None),
            ("network", network is not None),
            ("change", change is not None),
            ("opportunities", opportunities is not None),
        ):
            if given:
                raise RapalloError(f"{word}=… does not go with a history: its process says what can be done")
        named = None if model is None else model_named(model)
        how = Told(named, missing, tuple(unknown), start, end, allowed, occasions, controls, seed)
        found = _fit_history(data, formula, how, consent, wishes, memory)
        return replace(found, asked=Asked(formula, data, told))
    if not isinstance(data, EventData):
        raise RapalloError("fit needs event data (rapallo.EventData(actors).with_network(…)) or a history")
    if unknown or consent != "assumed":
        raise RapalloError("unknown=… and consent=… are for a process of a scenario, fitted from a history")
    made = _arranged(formula, data, told)
    arranged, choices = made.arranged, made.choices

    def blocks() -> Iterator[Cases]:
        for cases in _unfolded(data, arranged, made.network, choices, made.what, memory):
            yield cases if made.answers is None else with_answers(cases, made.answers)

    found = solve(
        blocks,
        arranged.layout,
        wishes,
        model=choices.model,
        timed=arranged.timed,
        censored=arranged.censored,
        events=made.what,
        formula=_text(formula),
        missing=missing,
        table=lambda at: _table(data, arranged, at),
        warnings=arranged.warnings,
        facts={"controls": controls, "seed": seed, "change": change or "any", "data": repr(data)},
        label=lambda by, code: str(code) if by == "year" else data.actors[code],
    )
    return replace(found, asked=Asked(formula, data, told))


@dataclass(frozen=True, slots=True)
class _Made:
    """Event data, arranged for one pass."""

    arranged: Arranged
    choices: Choices
    network: str
    what: str
    answers: NDArray[np.bool_] | None


def _arranged(formula: str | Sequence[str], data: EventData, told: Mapping[str, Any], apart: bool = False) -> _Made:
    name = model_named(told["model"] or "choice")
    choices = Choices(
        name,
        told["change"],
        told["missing"],
        data.moment(told["start"]),
        data.moment(told["end"]),
        told["controls"],
        told["seed"],
        told["allowed"],
        apart=apart,
    )
    check_switches(choices)
    left, right = split_formula(formula)
    acts, network, what, answers, said_of_acts = _acts(data, told["events"], told["network"], left, choices)
    if told["opportunities"] is not None:
        choices = replace(choices, opportunities=_opportunities(data, told["opportunities"], len(acts)))
        check_switches(choices)
    chosen = told["events"]
    if (
        told["occasions"] == "joint"
        and chosen is not None
        and not (isinstance(chosen, str) and chosen in data.networks)
    ):
        table = read_table(chosen)
        if "occasion" in table:
            names = ["" if each != each or each is None else str(each) for each in table["occasion"]]
            choices = replace(choices, together=names)
    parts = split_parts(right, name == "joint")
    known = Names(tuple(data.networks), tuple(data.attributes), network, _two_mode(data))
    if name == "joint":
        if told["pool"]:
            raise RapalloError("pool=… does not go with model='joint'; pool in the rate or in the choice alone")
        rate, said = (read_formula(part, known, by_actor=one) for part, one in zip(parts, (True, False), strict=False))
        refuse_pairs(rate)
        asked = read_formula(parts[2], known, by_actor=False) if len(parts) == 3 else None
        arranged = arrange(data, acts, network, said, asked, choices, rate=rate)
    else:
        said = read_formula(parts[0], known, by_actor=name == "rate")
        if name == "rate":
            refuse_pairs(said)
            check_pairs(data, acts, network, choices, what)
        arranged = arrange(data, acts, network, said, None, choices, told["pool"])
    arranged.warnings += said_of_acts
    return _Made(arranged, choices, network, what, answers)


def drawn_fits(found: FitResult) -> Iterator[FitResult]:
    """Give the model of a fit over draws of the data on each draw, at the estimates that all of them gave."""
    assert found.asked is not None and found.imputation is not None
    at = dict(zip(found.names, (float(value) for value in found.coef), strict=True))
    told = {**found.asked.told, "fixed": at, "prior": None, "initial": None}
    one = _one_draw(found.asked.formula, found.asked.data, told)
    yield from (one(number) for number in range(found.imputation.draws))


def offers(asked: Asked) -> tuple[Changes, NDArray[np.bool_]]:
    """Give the offers that a model of consent was told of, in order of time, and whether each was agreed to."""
    made = _arranged(asked.formula, asked.data, asked.told)
    assert made.answers is not None
    return made.arranged.acts, made.answers


def arranged_events(formula: str | Sequence[str], data: EventData, told: Mapping[str, Any]) -> tuple[Arranged, str]:
    """Arrange the pass of a fit so that its acts can be drawn anew, and name the network that they belong to."""
    made = _arranged(formula, data, told, apart=True)
    return made.arranged, made.network


def _imputed(formula: str | Sequence[str], data: EventData | History, draws: int, told: dict[str, Any]) -> FitResult:
    """Fit every draw of the data and combine."""
    if told["interval"] != "wald":
        raise RapalloError("over draws of the data intervals are Student's; leave interval='wald'")
    found = impute_draws(_one_draw(formula, data, told), draws, told["seed"], told["level"])
    return replace(found, asked=Asked(formula, data, told))


def _one_draw(
    formula: str | Sequence[str], data: EventData | History, told: dict[str, Any]
) -> Callable[[int], FitResult]:
    """Give what fits one draw of the data."""
    from rapallo.scenario.timeline import record_history

    seed: int = told["seed"]
    if isinstance(data, History):
        if data.ids is None:
            raise RapalloError(f"{data!r} has one day for each act: only the record's dates and readings can be drawn")

        def one(number: int) -> FitResult:
            drawn = record_history(data.scenario, dates="draw", readings="by certainty", seed=seed, draw=number)
            return fit(formula, drawn, **told)
    elif isinstance(data, EventData):

        def one(number: int) -> FitResult:
            return fit(formula, data.drawn(seed, number), **told)
    else:
        raise RapalloError("fit needs event data (rapallo.EventData(actors).with_network(…)) or a history")
    return one


def _fit_history(history: History, formula: str, told: Told, consent: str, wishes: Wishes, memory: float) -> FitResult:
    if consent not in ("assumed", "estimated"):
        raise UnknownNameError("treatment of consent", consent, ("assumed", "estimated"))
    read = read_history(history, formula, told, wishes.pool)
    if consent == "assumed" and read.consent_assumed:
        wishes = replace(wishes, fixed={**read.consent_assumed, **(wishes.fixed or {})})
        read.warnings.append("the parameters of consent are assumed, not estimated: refusals are seldom recorded")
    elif read.model == "joint":
        wishes = replace(wishes, initial={**read.consent_assumed, **(wishes.initial or {})})
    return fit_read(history, formula, told, read, wishes, memory)


def fit_read(
    history: History, formula: str, told: Told, read: Read, wishes: Wishes, memory: float = 1000.0
) -> FitResult:
    """Fit what was read from a history; reading takes the time, so that several fits may share it."""
    arranged = read.arranged
    process = formula.partition("~")[0].strip()
    if not (arranged.plan.act >= 0).any():
        among = [f"from {told.start}"] * bool(told.start) + [f"to {told.end}"] * bool(told.end)
        among += ["among the allowed pairs"] * (told.allowed is not None)
        said = f" {' '.join(among)}" if among else ""
        raise RapalloError(
            f"{history!r} holds no act of {process!r} that the model allows{said}: nothing can be estimated"
            + (f"; {len(read.impossible)} are impossible, as {read.impossible[0]}" if read.impossible else "")
        )

    def blocks() -> Iterator[Cases]:
        try:
            yield from arranged.plan.blocks(memory * 2**20)
        except MissingStatisticError as error:
            raise RapalloError(
                f"a statistic of {history.actors[error.first]} → {history.actors[error.second]} is missing "
                f"({arranged.layout.statistics[error.statistic].statistic.effect}); choose missing='leave out' or "
                "'default'"
            ) from None

    def table(at: NDArray[np.int64]) -> Any:
        import pandas as pd

        names = np.array([*history.actors, ""], dtype=object)
        titles, sources = history.extra.get("title"), _sources(history)
        return pd.DataFrame(
            {
                "row": at,
                **({} if history.ids is None else {"id": history.ids[at]}),
                "date": [to_iso(time) for time in history.time[at]],
                "time": history.time[at],
                "sender": names[history.sender[at]],
                "receiver": names[history.receiver[at]],
                **({} if titles is None else {"title": titles[at]}),
                **({} if history.ids is None else {"source": [sources.get(each, "") for each in history.ids[at]]}),
            }
        )

    return solve(
        blocks,
        arranged.layout,
        wishes,
        model=read.model,
        timed=read.timed,
        censored=0,
        events=f"{process} ({history.label})",
        formula=formula,
        missing=told.missing,
        table=table,
        warnings=read.warnings,
        facts={
            "scenario": getattr(history.scenario, "name", ""),
            "fingerprint": getattr(history.scenario, "fingerprint", ""),
            "unknown": told.unknown,
            **({"controls": told.controls, "seed": told.seed} if told.controls else {}),
            "impossible acts": read.impossible,
            **{key: value for key, value in history.facts.items() if isinstance(value, (str, int, float))},
        },
        label=lambda by, code: str(code) if by == "year" else history.actors[code],
    )


def _sources(history: History) -> dict[str, str]:
    """Give for each fact of a record the works that its rows rest on; those that were not opened are to look up."""
    found: dict[str, dict[str, None]] = {}
    for row in getattr(getattr(history.scenario, "tables", None), "acts", ()):
        said = found.setdefault(row.id, {})
        for work in row.source:
            said[work] = None
        for work in row.look_up:
            said[f"look up in {work}"] = None
    return {name: "; ".join(works) for name, works in found.items()}


def _text(formula: str | Sequence[str]) -> str:
    return formula.strip() if isinstance(formula, str) else "~ " + " + ".join(formula)


def _acts(
    data: EventData, events: Any, network: str | None, left: str, choices: Choices
) -> tuple[Changes, str, str, NDArray[np.bool_] | None, list[str]]:
    """Find the acts, their network, what to call them, the answers where they have such, and what to say of them."""
    chosen = events if events is not None else left or None
    if chosen is None and len(data.networks) == 1:
        chosen = next(iter(data.networks))
    if chosen is None:
        raise RapalloError("which acts are to be explained? Give events=…, a network's name or a table")
    answers, said = None, []
    if isinstance(chosen, str) and chosen in data.networks:
        found = data.networks[chosen].changes
        keep = found.value > 0
        if choices.change == "end":
            keep, lessens = endings(data.networks[chosen])
            said = _lessened(data, chosen, np.flatnonzero(lessens))
        acts = Changes(*(getattr(found, column)[keep] for column in Changes.__slots__))
        belongs, what = network or chosen, chosen
    elif isinstance(chosen, str) and not chosen.endswith(".csv"):
        raise UnknownNameError("network", chosen, data.networks)
    else:
        table = read_table(chosen)
        acts = data.acts(table)
        belongs = network or left or (next(iter(data.networks)) if len(data.networks) == 1 else "")
        if not belongs:
            raise RapalloError(
                f"which network do the acts belong to? Give network=…, one of {', '.join(data.networks)}"
            )
        what = f"acts in {belongs}"
        if choices.model == "consent":
            if "agreed" not in table:
                raise RapalloError("consent needs a column 'agreed' (0 or 1) in the table of acts")
            answers = read_yes_or_no(table["agreed"], "acts", "agreed")
    if belongs not in data.networks:
        raise UnknownNameError("network", belongs, data.networks)
    if choices.model == "consent" and answers is None:
        raise RapalloError("consent needs a table of acts with a column 'agreed' (0 or 1): events=…")
    if len(data.actors) < 2:
        raise RapalloError(f"there is one actor only ({data.actors[0]}); nobody could act on anybody")
    if not len(acts):
        raise RapalloError("; ".join([f"there are no acts in {what!r}: nothing can be estimated", *said]))
    if answers is not None:
        answers = answers[np.argsort(acts.time, kind="stable")]
    return acts, belongs, what, answers, said


def _lessened(data: EventData, network: str, at: NDArray[np.int64]) -> list[str]:
    """Name the changes that are no endings because the tie goes on standing."""
    if not len(at):
        return []
    found, names = data.networks[network].changes, data.actors
    rows = [f"row {found.row[k]} ({names[found.first[k]]} → {names[found.second[k]]})" for k in at[:5]]
    more = ", …" if len(at) > 5 else ""
    return [
        f"changes of {network} after which the tie still stands: {len(at)}, in {', '.join(rows)}{more}; "
        "they change the state and are no endings"
    ]


def _two_mode(data: EventData) -> tuple[str, ...]:
    return tuple(each.name for each in data.networks.values() if each.modes[0] != each.modes[1])


def _opportunities(data: EventData, said: Sequence[Sequence[str]], acts: int) -> list[NDArray[np.int64]]:
    """Read who could be chosen at each act."""
    if len(said) != acts:
        raise RapalloError(
            f"opportunities=… has one list of names for each of the {acts} acts, in their order; {len(said)} are given"
        )
    return [np.array([data._actor(name) for name in names], dtype=np.int64) for names in said]


def _unfolded(
    data: EventData, arranged: Arranged, belongs: str, choices: Choices, what: str, memory: float
) -> Iterator[Cases]:
    """Let the history unfold, turning what goes wrong into words."""
    try:
        yield from arranged.plan.blocks(memory * 2**20)
    except NotAllowedError as error:
        act = int(arranged.plan.act[error.step])
        raise RapalloError(_refusal(data, arranged, act, belongs, choices, what)) from None
    except MissingStatisticError as error:
        statistic = arranged.layout.statistics[error.statistic].statistic
        parties = " → ".join(dict.fromkeys((data.actors[error.first], data.actors[error.second])))
        raise RapalloError(
            f"the statistic {statistic.effect}({', '.join(name for _, name in statistic.reads)}) of {parties} is "
            "missing; choose a rule: missing='mean' or 'leave out'"
        ) from None


def _refusal(data: EventData, arranged: Arranged, act: int, belongs: str, choices: Choices, what: str) -> str:
    """Say why an act was no option."""
    acts = arranged.acts
    sender, receiver = data.actors[acts.first[act]], data.actors[acts.second[act]]
    where = f"{what}, row {acts.row[act]} (time {acts.time[act]:g}): {sender} → {receiver}"
    for actor, side in ((acts.first[act], "sender"), (acts.second[act], "receiver")):
        here = bool(data.present[actor])
        arrivals = data.presence
        for k in np.argsort(arrivals.time, kind="stable"):
            if arrivals.first[k] == actor and arrivals.time[k] <= acts.time[act]:
                here = bool(arrivals.value[k] > 0)
        if not here:
            return f"{where}: the {side} {data.actors[actor]} is not present then; mend its presence or drop the row"
    if choices.allowed is not None and not choices.allowed[acts.first[act], acts.second[act]]:
        return f"{where}: the pair lies outside the risk set (allowed)"
    modes = data.networks[belongs].modes
    if (int(data.mode[acts.first[act]]), int(data.mode[acts.second[act]])) != modes:
        there = f"{data.modes[modes[0]]} to {data.modes[modes[1]]}"
        return f"{where}: {belongs} leads from {there}, and this act does not"
    if choices.opportunities is not None:
        return f"{where}: the receiver is not among those who could be chosen then (opportunities)"
    if choices.change == "form":
        return f"{where}: the tie of {belongs} stands already; with change='form' a tie cannot form twice"
    if choices.change == "end":
        return f"{where}: no tie of {belongs} stands that could end"
    return f"{where}: the pair is no option then"


def with_answers(cases: Cases, answers: NDArray[np.bool_]) -> Cases:
    """Turn offers into choices between yes (the statistics) and no (nothing)."""
    no = len(cases.statistics)
    count = len(cases)
    offered = cases.chosen
    agreed = answers[cases.act]
    vectors = np.empty(2 * count, dtype=np.int64)
    vectors[0::2], vectors[1::2] = np.maximum(offered, 0), no
    chosen = np.where(offered < 0, -1, np.where(agreed, offered, no))
    return Cases(
        statistics=np.concatenate([cases.statistics, np.full((1, cases.statistics.shape[1]), np.nan)]),
        shape="listed",
        vectors=vectors,
        counts=np.ones(2 * count, dtype=np.int64),
        ends=np.arange(0, 2 * count + 1, 2, dtype=np.int64),
        chosen=chosen.astype(np.int64),
        exposure=np.zeros(no + 1),
        act=cases.act,
        actors=cases.actors,
        spent=cases.spent,
    )


def _table(data: EventData, arranged: Arranged, at: NDArray[np.int64]) -> Any:
    import pandas as pd

    acts = arranged.acts
    names = np.array(data.actors, dtype=object)
    return pd.DataFrame(
        {
            "time": acts.time[at],
            "sender": names[acts.first[at]],
            "receiver": names[acts.second[at]] if len(acts.second) else [],
            "row": acts.row[at],
        }
    )
