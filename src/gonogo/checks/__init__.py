"""Checks: one module or package per catalogue area, one pure function per proof."""
