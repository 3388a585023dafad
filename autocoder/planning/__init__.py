"""Planning: facts to a blueprint, with every unstated value a decision."""

from autocoder.planning.plan import Plan, plan

__all__ = ["Plan", "plan"]
