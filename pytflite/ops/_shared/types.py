"""Lists of dtype letters for rules that take many."""

FIXED = "f32 f16 bf16 f64 i8 u8 i16 u16 i32 u32 i64 u64 b c64 f8e4m3fn f8e5m2"
"""Element types of one, two, four or eight bytes."""

WHOLE = f"{FIXED} c128"
"""Element types that fill whole bytes, always as many."""

NARROW = "i4 u4 i2"
"""Element types of which several share a byte."""

INT32 = "i32 u32"
"""Element types of index tensors whose kernels never look at the type: they read int32."""

ANY = f"{WHOLE} {NARROW} str"
"""Element types that operators which only move a whole tensor take."""
