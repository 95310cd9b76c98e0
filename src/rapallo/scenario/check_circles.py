"""Whether facts depend on one another in a circle."""

from __future__ import annotations

from collections.abc import Mapping

from rapallo.errors import Problem
from rapallo.record.record import Record


def check_circles(record: Record, problems: list[Problem]) -> None:
    """Add a problem for each circle of ``depends_on``, of readings, and of ``identity.csv``."""
    edges: dict[str, set[str]] = {}
    lines: dict[str, tuple[str, int]] = {}
    for table in ("acts", "attributes"):
        for row in getattr(record, table):
            for target in row.depends_on:
                for node in (row.id, f"{row.id}:{row.reading}"):
                    edges.setdefault(node, set()).add(target)
                    lines.setdefault(node, (record.files[table], row.line))
    reported: set[frozenset[str]] = set()
    for circle in find_circles(edges):
        facts = frozenset(node.partition(":")[0] for node in circle)
        if facts in reported:
            continue
        reported.add(facts)
        file, line = lines[circle[0]]
        kind = "reading" if any(":" in node for node in circle) else "fact"
        what = f"a {kind} depends on itself: {' depends on '.join([*circle, circle[0]])}"
        problems.append(Problem(file, line, "depends_on", what, "take one of the dependencies away"))
    relations: dict[str, dict[str, set[str]]] = {}
    places: dict[tuple[str, str], int] = {}
    for row in record.identity:
        relations.setdefault(row.relation, {}).setdefault(row.member, set()).add(row.canonical)
        places.setdefault((row.relation, row.member), row.line)
    for relation, links in relations.items():
        for circle in find_circles(links):
            what = f"{relation} leads back to itself: {' to '.join([*circle, circle[0]])}"
            line = places[relation, circle[0]]
            right = "let one fact be canonical in all rows, and take the others away"
            problems.append(Problem(record.files["identity"], line, "canonical", what, right))


def find_circles(edges: Mapping[str, set[str]]) -> list[list[str]]:
    """Find circles in a directed graph: at least one in every part that has any.

    Examples
    --------
    >>> find_circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}})
    [['a', 'b', 'c']]
    """
    done: set[str] = set()
    circles = []
    for start in sorted(edges):
        if start in done:
            continue
        path, place = [start], {start: 0}
        stack = [sorted(edges[start], reverse=True)]
        while stack:
            if not stack[-1]:
                stack.pop()
                node = path.pop()
                del place[node]
                done.add(node)
                continue
            target = stack[-1].pop()
            if target in place:
                circles.append(path[place[target] :])
            elif target not in done:
                place[target] = len(path)
                path.append(target)
                stack.append(sorted(edges.get(target, ()), reverse=True))
    return circles
