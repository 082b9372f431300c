"""Each line of the judge matters: every small change of it is noticed by a case of judge_cases.py."""

from __future__ import annotations

import ast
import copy
import inspect
from collections.abc import Iterator
from types import SimpleNamespace

from pilot.certificate import judging
from tests.pilot.judge_cases import CASES

JUDGES = {"judge_run", "judge_answer", "waive", "verdict", "total"}
COMPARISONS = {
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
STATES = [state.name for state in judging.State]
NAMES = {"GO": "NO_GO", "NO_GO": "GO", "all": "any"}


def changes(node: ast.AST) -> Iterator[ast.AST]:
    """Every other thing that could stand in this node's place."""
    if isinstance(node, ast.Compare):
        for other in COMPARISONS[type(node.ops[0])]:
            yield ast.Compare(node.left, [other()], node.comparators)
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand
    elif isinstance(node, ast.BinOp):
        yield ast.BinOp(node.left, ast.Sub() if isinstance(node.op, ast.Add) else ast.Add(), node.right)
    elif isinstance(node, ast.If):
        for test in (True, False):
            yield ast.If(ast.Constant(test), node.body, node.orelse)
    elif isinstance(node, ast.Constant) and type(node.value) is int:
        yield ast.Constant(node.value + 1)
    elif isinstance(node, ast.Attribute) and node.attr in STATES:
        for state in STATES:
            if state != node.attr:
                yield ast.Attribute(node.value, state, node.ctx)
    elif isinstance(node, ast.Name) and node.id in NAMES:
        yield ast.Name(NAMES[node.id], node.ctx)


class Swap(ast.NodeTransformer):
    """Puts one thing in the place of another, once."""

    def __init__(self, one: ast.AST, other: ast.AST) -> None:
        self.one, self.other = one, other

    def visit(self, node: ast.AST) -> ast.AST:
        return ast.copy_location(self.other, node) if node is self.one else super().visit(node)


def mutants() -> Iterator[tuple[str, ast.Module]]:
    """Every module that differs from the judge in one place, with what differs."""
    whole = ast.parse(inspect.getsource(judging))
    judges = [node for node in ast.walk(whole) if isinstance(node, ast.FunctionDef) and node.name in JUDGES]
    assert {node.name for node in judges} == JUDGES
    inside = {id(node): judge.name for judge in judges for statement in judge.body for node in ast.walk(statement)}
    for place, node in enumerate(ast.walk(whole)):
        for other in changes(node) if id(node) in inside else ():
            tree = copy.deepcopy(whole)
            one = list(ast.walk(tree))[place]
            shown = (each.test if isinstance(each, ast.If) else each for each in (node, other))
            what = f"{inside[id(node)]}:{node.lineno}: {' → '.join(ast.unparse(each) for each in shown)}"
            yield what, ast.fix_missing_locations(Swap(one, copy.deepcopy(other)).visit(tree))


def is_killed(mutant: ast.Module) -> bool:
    """Whether some case notices."""
    names = {"__name__": judging.__name__}
    exec(compile(mutant, "mutant", "exec"), names)
    judge = SimpleNamespace(**names)
    for case in CASES.values():
        try:
            says, must = case(judge)
        except Exception:
            return True
        if says != must:
            return True
    return False


def test_every_mutant_of_the_judge_is_killed(record_property):
    found = dict(mutants())
    assert len({ast.unparse(mutant) for mutant in found.values()}) == len(found)  # no two are the same

    survivors = [what for what, mutant in found.items() if not is_killed(mutant)]

    assert survivors == []
    assert len(found) >= 100
    record_property("proof", f"certificate: {len(found)} mutants of the judge, all killed by {len(CASES)} cases")


def test_the_judge_itself_survives():
    assert not is_killed(ast.parse(inspect.getsource(judging)))
