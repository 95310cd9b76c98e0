"""Parts of the compiled engine: each compiled by itself, kept by itself, and called by its address.

What Numba compiles into its callers it optimises and turns to machine code once in every one of them, and in theirs.
A part is compiled once. Its callers find its address in ``X``, so that parts may be compiled in any order and by
several processes at once.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

from rapallo.engine import layout as at
from rapallo.engine.call import F64P, I8P, I64P
from rapallo.engine.compile import locked

I32P, U64P = types.CPointer(types.int32), types.CPointer(types.uint64)

_KINDS: dict[str, Any] = {
    **dict.fromkeys(("X", "J", "I"), I64P),
    **dict.fromkeys(("F", "G", "S", "OT"), F64P),
    **dict.fromkeys(("U", "H"), U64P),
    **dict.fromkeys(("start", "end", "value"), types.float64),
    "B": I8P,
    "OI": I32P,
    "seed": types.uint64,
}
"""What the arguments of these names are; all others are integers."""


class Part(NamedTuple):
    """A function, and what it takes and gives."""

    function: Callable[..., Any]
    signature: Any


_PARTS: dict[str, Part] = {}
"""By name; the order of ``layout.PARTS`` is that of their addresses."""


def part(gives: str) -> Callable[[Callable[..., Any]], Any]:
    """Make a function a part; compiled code calls it by its name as before.

    ``gives`` names what it gives: ``int64``, ``float64`` or ``void``.
    """
    kind = getattr(types, gives)

    def make(function: Callable[..., Any]) -> Any:
        takes = inspect.signature(function)
        signature = kind(*(_KINDS.get(each, types.int64) for each in takes.parameters))
        _PARTS[function.__name__] = Part(function, signature)
        place = at.X_PARTS + at.PARTS.index(function.__name__)

        def codegen(context: Any, builder: Any, _: Any, values: Any) -> Any:
            address = builder.load(builder.gep(values[0], [ir.Constant(ir.IntType(64), place)]))
            callee = context.call_conv.get_function_type(kind, signature.args).as_pointer()
            address = builder.inttoptr(address, callee)
            return context.call_conv.call_function(builder, address, kind, signature.args, values)[1]

        def typed(typingctx: Any, *values: Any) -> Any:
            return signature, codegen

        context = inspect.Parameter("typingctx", inspect.Parameter.POSITIONAL_OR_KEYWORD)
        typed.__signature__ = takes.replace(parameters=[context, *takes.parameters.values()])  # type: ignore[attr-defined]
        typed.__name__ = function.__name__
        typed.__doc__ = function.__doc__
        return intrinsic(typed)

    return make


def compile_part(name: str, folder: Path | None) -> int:
    """Compile a part, or take it from the cache; gives its address.

    ``folder`` is where Numba keeps compiled code; where there is none, it is compiled for this session only.
    """
    function, signature = _PARTS[name]
    switches: dict[str, Any] = {
        "no_cpython_wrapper": True,
        "no_cfunc_wrapper": True,
        "error_model": "numpy",
        "_nrt": False,
    }
    if folder is None:
        return _address(njit(signature, **switches)(function), signature)
    with locked(folder / f"{name}.lock"):
        return _address(njit(signature, cache=True, **switches)(function), signature)


def _address(made: Any, signature: Any) -> int:
    found = made.overloads[signature.args]
    return int(found.library.get_pointer_to_function(found.fndesc.llvm_func_name))
