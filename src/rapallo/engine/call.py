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
def pointer(typingctx, array):
    """Give the address of an array's first item: one word, where an array is seven."""

    def codegen(context, builder, sig, args):
        return context.make_array(sig.args[0])(context, builder, args[0]).data

    return types.CPointer(array.dtype)(array), codegen


@intrinsic
def call_effect(typingctx, address, F, B, I, slots, G, settings, count, J, pairs, out):  # noqa: D103
    signature = types.void(address, F, B, I, slots, G, settings, count, J, pairs, out)

    def codegen(context, builder, sig, args):
        where, f, b, i, slots_at, g, settings_at, n, j, pairs_at, out_at = args
        arguments = [
            f,
            b,
            builder.gep(i, [slots_at]),
            builder.gep(g, [settings_at]),
            n,
            builder.gep(j, [pairs_at]),
            builder.gep(f, [out_at]),
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


@intrinsic
def prefetch(typingctx, pointer, place):
    """Ask the processor to have a number at hand before it is needed."""

    def codegen(context, builder, sig, args):
        i32 = ir.IntType(32)
        address = builder.bitcast(builder.gep(args[0], [args[1]]), ir.IntType(8).as_pointer())
        kind = ir.FunctionType(ir.VoidType(), [address.type, i32, i32, i32])
        function = builder.module.globals.get("llvm.prefetch.p0") or builder.module.globals.get("llvm.prefetch.p0i8")
        if function is None:
            function = ir.Function(builder.module, kind, "llvm.prefetch.p0i8")
        builder.call(function, [address, i32(1), i32(3), i32(1)])
        return context.get_dummy_value()

    return types.void(pointer, types.int64), codegen
