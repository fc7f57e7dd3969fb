"""Lists of dtype letters for rules that take many."""

FIXED = "f32 f16 bf16 f64 i8 u8 i16 u16 i32 u32 i64 u64 b c64"
"""Element types that fill whole bytes, always as many."""

ANY = f"{FIXED} i4 str"
"""Element types that operators which only move elements take."""
