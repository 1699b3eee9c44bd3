"""Tells what made a price what it is: by how much it differs from that of a flat that is usual in one respect."""

from pricing import log, model

USUAL = {"area_m2": 74, "rooms": 3, "district": "north", "built": 1968}


def of(id):
    """Return the features behind a price and their weights, the heaviest first; None for a price that is not known."""
    record = next((r for r in log.kept(id) if r.get("id") == id and "features" in r), None)
    if record is None:
        return None
    features, price = record["features"], record["output"]
    try:
        weights = {name: price - model.price({**features, name: usual}) for name, usual in USUAL.items()}
    except model.Failed:
        return None
    ranked = sorted(weights.items(), key=lambda each: -abs(each[1]))
    return {"id": id, "weights": [{"feature": name, "weight": round(weight, 2)} for name, weight in ranked]}
