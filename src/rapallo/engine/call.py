"""Calling a compiled effect by its address."""

from __future__ import annotations

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

F64P = types.CPointer(types.float64)
I64P = types.CPointer(types.int64)
I8P = types.CPointer(types.int8)
EFFECT_SIGNATURE = types.void(F64P, I8P, I64P, F64P, types.int64, I64P, F64P)
"""State numbers, state bytes, the term's slots, its settings, how many pairs, the pairs, where results go."""


@intrinsic
def call_effect(typingctx, address, F, B, I, slots, G, settings, count, J, pairs, out):  # noqa: D103
    signature = types.void(address, F, B, I, slots, G, settings, count, J, pairs, out)

    def codegen(context, builder, sig, args):
        def at(place, array, offset):
            data = context.make_array(sig.args[place])(context, builder, array).data
            return builder.gep(data, [offset]) if offset is not None else data

        where, f, b, i, slots_at, g, settings_at, n, j, pairs_at, out_at = args
        arguments = [
            at(1, f, None),
            at(2, b, None),
            at(3, i, slots_at),
            at(5, g, settings_at),
            n,
            at(8, j, pairs_at),
            at(1, f, out_at),
        ]
        kind = ir.FunctionType(ir.VoidType(), [argument.type for argument in arguments])
        builder.call(builder.inttoptr(where, kind.as_pointer()), arguments)
        return context.get_dummy_value()

    return signature, codegen


@intrinsic
def shift_f64(typingctx, pointer, offset):
    """Move a pointer to doubles along."""

    def codegen(context, builder, sig, args):
        return builder.gep(args[0], [args[1]])

    return F64P(F64P, types.int64), codegen


@intrinsic
def shift_i8(typingctx, pointer, offset):
    """Move a pointer to bytes along."""

    def codegen(context, builder, sig, args):
        return builder.gep(args[0], [args[1]])

    return I8P(I8P, types.int64), codegen
