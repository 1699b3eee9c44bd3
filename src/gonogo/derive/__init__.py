"""What follows from facts: fact sets, conditions, which evidence is newest, which models are pinned. All pure."""
