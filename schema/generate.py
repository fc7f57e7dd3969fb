"""Write ``pytflite/schema`` from the declarations beside this file.

``--check`` writes nothing and fails when a module differs from what would be written.
"""

from __future__ import annotations

import re
import runpy
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
SCALARS = ("bool", "byte", "ubyte", "short", "ushort", "int", "uint", "long", "ulong", "float", "double")
NUMPY = {"ubyte": "uint8", "ushort": "uint16", "int": "int32", "long": "int64", "float": "float32"}
ENTRY = re.compile(r"^(?P<head>\w[^:]*): (?P<body>.*)$")
FIELD = re.compile(
    r"(?P<name>\w+) (?P<array>array)?(?P<vector>\[)?(?P<type>\w+)\]?(?P<mark>[?!]?)"
    r"(?: = (?P<default>\S+))?(?: align (?P<align>\d+))?(?P<deprecated> deprecated)?"
)


def entries(text: str) -> dict[str, str]:
    """The ``head: body`` entries of a declaration, continuation lines joined."""
    joined = text.strip().replace("\n  ", " ")
    found = [ENTRY.match(line) for line in joined.splitlines()]
    return {match["head"]: match["body"] for match in found if match}


@dataclass
class Field:
    """One field of a declared table."""

    name: str
    type: str
    vector: bool
    array: bool
    mark: str
    default: str | None
    align: str | None
    deprecated: bool
    slot: int = 0


@dataclass
class Schema:
    """A declaration, parsed; tables stand after those that they name."""

    source: str
    identifier: str
    root: str
    enums: dict[str, tuple[str, list[str]]]
    unions: dict[str, list[str]]
    tables: dict[str, list[Field]]
    slots: dict[str, int]

    @classmethod
    def parse(cls, path: Path) -> Schema:
        """Read a declaration."""
        declared = runpy.run_path(str(path))
        enums = {}
        for head, body in entries(declared["ENUMS"]).items():
            name, base = head.split()
            enums[name] = (base, body.split())
        unions = {name: body.split() for name, body in entries(declared["UNIONS"]).items()}
        tables: dict[str, list[Field]] = {name: [] for name in declared["EMPTY"].split()}
        for name, body in entries(declared["TABLES"]).items():
            for text in body.split(", "):
                match = FIELD.fullmatch(text)
                if match is None:
                    raise SystemExit(f"{name}: cannot read {text!r}")
                part = match.groupdict()
                tables[name] = [
                    *tables.get(name, []),
                    Field(
                        part["name"],
                        part["type"],
                        bool(part["vector"]),
                        bool(part["array"]),
                        part["mark"],
                        part["default"],
                        part["align"],
                        bool(part["deprecated"]),
                    ),
                ]
        slots = {}
        for name, fields in tables.items():
            slot = 0
            for field in fields:
                slot += field.type in unions
                field.slot = slot
                slot += 1
            slots[name] = slot
        schema = cls(path.name, declared["IDENTIFIER"], declared["ROOT"], enums, unions, tables, slots)
        schema.tables = schema._ordered()
        return schema

    def _ordered(self) -> dict[str, list[Field]]:
        done: dict[str, list[Field]] = {}

        def visit(name: str) -> None:
            for field in self.tables[name]:
                for used in self.unions.get(field.type, [field.type]):
                    if used in self.tables and used not in done:
                        visit(used)
            done[name] = self.tables[name]

        for name in self.tables:
            if name not in done:
                visit(name)
        return done

    def kept(self, name: str) -> list[Field]:
        """The fields that the record has."""
        return [field for field in self.tables[name] if not field.deprecated]

    def annotation(self, field: Field) -> str:
        """The Python type of a field."""
        if field.array:
            text = f"npt.NDArray[np.{NUMPY[field.type]}]"
        elif field.vector and field.type == "ubyte":
            text = "bytes"
        elif field.vector:
            text = f"tuple[{self.element(field)}, ...]"
        elif field.type in self.unions:
            return "Table | None"
        elif field.type in self.tables:
            return f"{field.type} | None"
        else:
            return self.element(field)
        return f"{text} | None" if field.mark == "?" else text

    def element(self, field: Field) -> str:
        """The Python type of one element."""
        if field.type in SCALARS:
            return {"bool": "bool", "float": "float", "double": "float"}.get(field.type, "int")
        return {"string": "str"}.get(field.type, field.type)

    def default(self, field: Field, plain: bool = False) -> str:
        """The value that an absent field has, as an expression; that of an enum as its number if `plain`."""
        if field.mark == "?" or (not field.vector and (field.type in self.unions or field.type in self.tables)):
            return "None"
        if field.array:
            return f"{field.type.upper()}S.nothing"
        if field.vector:
            return 'b""' if field.type == "ubyte" else "()"
        if field.type == "string":
            return '""'
        if field.type in self.enums:
            members = self.enums[field.type][1]
            member = field.default or members[0]
            return str(members.index(member)) if plain else f"{field.type}.{member}"
        if field.type == "bool":
            return str(field.default == "1")
        return str(float(field.default or 0)) if field.type in ("float", "double") else str(int(field.default or 0))

    def kind(self, field: Field) -> str:
        """The layout of a field."""
        if field.type in SCALARS:
            base = field.type.upper()
        elif field.type == "string":
            base = "TEXT"
        else:
            base = f"_{field.type}" if field.type in self.enums else field.type
        if not field.vector:
            return base
        marks = [f"align={field.align}"] if field.align else []
        marks += {"?": ["optional=True"], "!": ["required=True"], "": []}[field.mark]
        return f"{'Array' if field.array else 'Vector'}({', '.join([base, *marks])})"


def listed(lines: list[str], indent: str) -> str:
    """One item a line, each with its comma, the way `ruff format` leaves it."""
    return "".join(f"{indent}{line},\n" for line in lines)


def names(fields: list[Field]) -> str:
    """The names of fields as a tuple."""
    if len(fields) == 1:
        return f'("{fields[0].name}",)'
    return "(\n" + listed([f'"{field.name}"' for field in fields], " " * 8) + "    )"


def enums(schema: Schema) -> str:
    """The classes of the enums."""
    parts = []
    for name, (base, members) in schema.enums.items():
        body = "\n".join(f"    {member} = {number}" for number, member in enumerate(members))
        parts.append(f'class {name}(IntEnum):\n    """A {base} in the file."""\n\n{body}\n')
    return "\n\n".join(parts)


def records(schema: Schema) -> str:
    """The classes of the tables."""
    parts = []
    for name in schema.tables:
        fields = schema.kept(name)
        if not fields:
            parts.append(f"class {name}(Table):\n    __slots__ = ()\n")
            continue
        types = [f"{field.name}: {schema.annotation(field)}" for field in fields]
        arguments = [f"{line} = {schema.default(field)}" for line, field in zip(types, fields, strict=True)]
        parts.append(
            f"class {name}(Table):\n    __slots__ = __match_args__ = {names(fields)}\n\n"
            + "".join(f"    {line}\n" for line in types)
            + "\n    def __init__(\n"
            + listed(["self", *arguments, "*", "unknown: Unknown = ()"], " " * 8)
            + "    ) -> None:\n        self._set(\n"
            + listed(["unknown", *(field.name for field in fields)], " " * 12)
            + "        )\n"
        )
    return "\n\n".join(parts)


def layouts(schema: Schema, module: str) -> str:
    """The layouts of the tables, whose records live in `module`."""
    lines = [f"_{name} = Scalar({base.upper()}.code, {name})\n" for name, (base, _) in schema.enums.items()]
    unions = dict(schema.unions)
    for name, fields in schema.tables.items():
        for union in {field.type: None for field in fields if field.type in unions}:
            lines += [f"{union} = Union(\n{listed(unions.pop(union), '    ')})\n"]
        arguments = [f"{module}.{name}", str(schema.slots[name])]
        if kept := schema.kept(name):
            lines_of = [f'Field("{f.name}", {f.slot}, {schema.kind(f)}, {schema.default(f, plain=True)})' for f in kept]
            arguments.append(f"[\n{listed(lines_of, ' ' * 8)}    ]")
        if deprecated := [str(field.slot) for field in fields if field.deprecated]:
            arguments.append(f"deprecated=[{', '.join(deprecated)}]")
        lines.append(f"{name} = Layout(\n{listed(arguments, '    ')})\n")
    return "".join(lines) + f'\nROOT = {schema.root}\nIDENTIFIER = "{schema.identifier}"\n'


def module(schema: Schema, what: str, imports: str, body: str, noqa: str = "") -> str:
    """A whole module."""
    return (
        f'"""{what}.\n\nGenerated from ``schema/{schema.source}`` by ``schema/generate.py``: do not edit.\n"""\n\n'
        f"{noqa}from __future__ import annotations\n\n{imports}\n{body}"
    )


def used(body: str, package: str, names: list[str]) -> str:
    """An import of those names that a body uses."""
    found = sorted({name for name in names if re.search(rf"\b{name}\b", body)}, key=lambda n: (not n.isupper(), n))
    return f"from {package} import (\n{listed(found, '    ')})\n" if found else ""


SCALAR_NAMES = [name.upper() for name in SCALARS]
LAYOUT = ["Array", "Field", "Layout", "Scalar", "TEXT", "Union", "Vector", *SCALAR_NAMES]
LAYOUT += [f"{name}S" for name in SCALAR_NAMES]
TABLE = "from pytflite.flatbuffer.table import Table, Unknown\n"
NUMPY_IMPORTS = "import numpy as np\nimport numpy.typing as npt\n\n"
INT_ENUM = "from enum import IntEnum\n"
OTHERS = (
    ("metadata", "The metadata of a model", "in a buffer"),
    ("layer_by_layer", "A run that TFLM wrote down", "in a file"),
)
"""Schemas of FlatBuffers other than the model: module, what it is, where it lies."""


def modules() -> dict[str, str]:
    """The text of every generated module."""
    schema = Schema.parse(HERE / "tflite.py")
    texts = {}

    texts["enums.py"] = module(schema, "The enums of the schema", INT_ENUM, f"\n{enums(schema)}")
    body = f"\n{records(schema)}"
    flatbuffer = used(body, "pytflite.flatbuffer.layout", LAYOUT)
    imports = NUMPY_IMPORTS + flatbuffer + TABLE + used(body, "pytflite.schema.enums", list(schema.enums))
    texts["tables.py"] = module(
        schema, "The tables of the schema, as records", imports, body, "# ruff: noqa: D101, E501\n\n"
    )
    body = layouts(schema, "tables")
    imports = used(body, "pytflite.flatbuffer.layout", LAYOUT) + "from pytflite.schema import tables\n"
    imports += used(body, "pytflite.schema.enums", list(schema.enums))
    texts["layout.py"] = module(schema, "How the tables of the schema lie in a file", imports, body)

    for name, what, where in OTHERS:
        other = Schema.parse(HERE / f"{name}.py")
        body = "\n\n".join(filter(None, ("\n" + enums(other) if other.enums else "", records(other))))
        imports = (INT_ENUM + "\n" if other.enums else "") + (NUMPY_IMPORTS if "npt." in body else "")
        imports += used(body, "pytflite.flatbuffer.layout", LAYOUT) + TABLE
        body = body if other.enums else f"\n{body}"
        texts[f"{name}.py"] = module(other, f"{what}, as records", imports, body, "# ruff: noqa: D101\n\n")
        body = layouts(other, name)
        imports = used(body, "pytflite.flatbuffer.layout", LAYOUT) + f"from pytflite.schema import {name}\n"
        imports += used(body, f"pytflite.schema.{name}", list(other.enums))
        texts[f"{name}_layout.py"] = module(other, f"How {what[0].lower()}{what[1:]} lies {where}", imports, body)
    return texts


def main() -> None:
    """Write the modules, or check them."""
    target = HERE.parent / "pytflite" / "schema"
    texts = modules()
    stale = [n for n, text in texts.items() if not (target / n).exists() or (target / n).read_text() != text]
    if stale and "--check" in sys.argv[1:]:
        raise SystemExit(f"pytflite/schema is stale ({', '.join(stale)}): run python schema/generate.py")
    for name in stale:
        (target / name).write_text(texts[name])


if __name__ == "__main__":
    main()
