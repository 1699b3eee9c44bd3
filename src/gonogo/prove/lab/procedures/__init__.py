"""Stories that cases cannot tell: each module has a function `play` that plays one."""
