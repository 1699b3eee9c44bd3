"""Drills: what is done only in need is done now, under traffic, on a throw-away copy, and timed."""

from gonogo.prove.drill.rollback import Rollback

__all__ = ["Rollback"]
