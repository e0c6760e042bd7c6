"""Which small faults a function can be given, and the code of a function that has one."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent

_SWAPPED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
    ast.And: ast.Or,
    ast.Or: ast.And,
}


@dataclass(frozen=True)
class Mutant:
    """One fault: the `number`-th of its `kind` in a function, and what it does to the text.

    `path` is relative to the project, `function` a qualified name in it.
    """

    path: str
    function: str
    kind: str
    number: int
    change: str

    def __str__(self) -> str:
        return f"{self.path} {self.function} {self.kind} {self.number}: {self.change}"


def mutants_of(path: str) -> Iterator[Mutant]:
    """Every mutant of a file, in the order of its text."""
    yield from _made_of(path, (ROOT / path).read_text())


@cache
def _made_of(path: str, text: str) -> tuple[Mutant, ...]:
    return tuple(
        Mutant(path, name, kind, number, _change(before, after))
        for name, function in _functions(ast.parse(text))
        for kind, number, before, after in _faults(function)
    )


def code_of(mutant: Mutant) -> CodeType:
    """The compiled function with the fault in it. Raises LookupError if the code changed."""
    source = (ROOT / mutant.path).read_text()
    tree = ast.parse(source)
    function = dict(_functions(tree)).get(mutant.function)
    if function is None:
        raise LookupError(f"There is no such function any more: {mutant}")
    for kind, number, before, after in _faults(function):
        if (kind, number) == (mutant.kind, mutant.number):
            if _change(before, after) != mutant.change:
                break
            _Put(before, after).visit(function)
            ast.fix_missing_locations(tree)
            return _code_named(mutant.function, compile(tree, str(ROOT / mutant.path), "exec"))
    raise LookupError(f"The code reads otherwise by now: {mutant}")


def watched(path: str, told: str) -> dict[str, CodeType]:
    """The functions of a file by name, each of which first calls the builtin `told` with
    its place."""
    tree = ast.parse((ROOT / path).read_text())
    functions = dict(_functions(tree))
    for name, function in functions.items():
        call = ast.Call(ast.Name(told, ast.Load()), [ast.Constant(place(path, name))], [])
        function.body.insert(0, ast.Expr(call))
    ast.fix_missing_locations(tree)
    module = compile(tree, str(ROOT / path), "exec")
    return {name: _code_named(name, module) for name in functions}


def place(path: str, function: str) -> str:
    """How a live function is known: its file and its qualified name."""
    return f"{ROOT / path} {function}"


_Function = ast.FunctionDef | ast.AsyncFunctionDef
_Fault = tuple[str, int, ast.AST, ast.AST | None]


def _functions(tree: ast.Module) -> Iterator[tuple[str, _Function]]:
    """The functions and methods of a module; one inside another is part of it."""
    for node in tree.body:
        if isinstance(node, _Function):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, _Function):
                    yield f"{node.name}.{inner.name}", inner


def _faults(function: _Function) -> Iterator[_Fault]:
    """Kind, number, node, and what takes its place (None: the node goes)."""
    counts: dict[str, int] = {}
    for node in _walk(function.body):
        for kind, after in _replacements(node):
            counts[kind] = counts.get(kind, 0) + 1
            yield kind, counts[kind], node, after


def _walk(body: list[ast.stmt]) -> Iterator[ast.AST]:
    for statement in body:
        if not _is_docstring(statement):
            yield from _inside(statement)


def _inside(node: ast.AST) -> Iterator[ast.AST]:
    """Depth first, without annotations, patterns of `match` and texts put together."""
    yield node
    for field, value in ast.iter_fields(node):
        if field in {"annotation", "returns", "decorator_list", "pattern", "defaults"}:
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not isinstance(child, ast.JoinedStr):
                yield from _inside(child)


def _replacements(node: ast.AST) -> Iterator[tuple[str, ast.AST | None]]:
    for makes in (_swap, _flip, _count, _part, _guard, _drop, _without):
        yield from makes(node)


def _swap(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """`<` for `<=`, `+` for `-`, `and` for `or`."""
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        yield "swap", ast.Compare(node.left, [_other(node.ops[0])], node.comparators)
    elif isinstance(node, ast.BinOp) and type(node.op) in _SWAPPED and not _is_text(node):
        yield "swap", ast.BinOp(node.left, _other(node.op), node.right)
    elif isinstance(node, ast.BoolOp):
        yield "swap", ast.BoolOp(_other(node.op), node.values)


def _flip(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield "flip", ast.Constant(not node.value)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield "flip", node.operand


def _count(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    if not isinstance(node, ast.Constant) or isinstance(node.value, bool):
        return
    if isinstance(node.value, int | float):
        yield "count", ast.Constant(node.value + 1)


def _part(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """One side of an `and` or `or` alone."""
    if isinstance(node, ast.BoolOp):
        for index in range(len(node.values)):
            rest = [each for at, each in enumerate(node.values) if at != index]
            yield "part", rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)


def _guard(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """An `if` that never holds, and one that always does."""
    if isinstance(node, ast.If | ast.IfExp):
        for answer in (False, True):
            guarded = copy.copy(node)
            guarded.test = ast.Constant(answer)
            yield "guard", guarded


def _drop(node: ast.AST) -> Iterator[tuple[str, None]]:
    """A statement left out: a call for its effect, or what is raised."""
    if isinstance(node, ast.Raise):
        yield "drop", None
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        if not ast.unparse(node.value.func).startswith("logger."):
            yield "drop", None
    elif isinstance(node, ast.AugAssign):
        yield "drop", None


def _without(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """A call without one of its keywords."""
    if isinstance(node, ast.Call):
        for index in range(len(node.keywords)):
            rest = [each for at, each in enumerate(node.keywords) if at != index]
            yield "without", ast.Call(node.func, node.args, rest)


def _other(operator: ast.AST) -> Any:
    return _SWAPPED.get(type(operator), type(operator))()


def _is_text(node: ast.BinOp) -> bool:
    texts = (ast.Constant, ast.JoinedStr)
    sides = [side for side in (node.left, node.right) if isinstance(side, texts)]
    return any(isinstance(s, ast.JoinedStr) or isinstance(s.value, str | bytes) for s in sides)


def _is_docstring(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


def _change(before: ast.AST, after: ast.AST | None) -> str:
    if isinstance(before, ast.Call) and isinstance(after, ast.Call):
        kept = {id(keyword) for keyword in after.keywords}
        [gone] = [keyword for keyword in before.keywords if id(keyword) not in kept]
        return f"{_text(before.func)}(…) without {_text(gone)}"
    return f"{_text(before)} -> {_text(after) if after else '(left out)'}"


def _text(node: ast.AST) -> str:
    shown = ast.unparse(ast.fix_missing_locations(copy.deepcopy(node)))
    first = shown.splitlines()[0]
    return first if len(shown) == len(first) else f"{first} …"


class _Put(ast.NodeTransformer):
    def __init__(self, before: ast.AST, after: ast.AST | None) -> None:
        self.before, self.after = before, after

    def visit(self, node: ast.AST) -> ast.AST:
        if node is not self.before:
            return super().generic_visit(node)
        return ast.copy_location(self.after or _never(node), node)


def _never(node: ast.AST) -> ast.If:
    """The statement left out in a way that leaves the function its names."""
    assert isinstance(node, ast.stmt)
    return ast.If(ast.Constant(value=False), [node], [])


def _code_named(name: str, code: CodeType) -> CodeType:
    for part in name.split("."):
        [code] = [c for c in _codes(code) if c.co_name == part][-1:]
    return code


def _codes(code: CodeType) -> list[CodeType]:
    return [each for each in code.co_consts if isinstance(each, CodeType)]
