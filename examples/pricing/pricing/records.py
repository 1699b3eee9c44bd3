"""What a record may hold, and what becomes of a value that is missing or was never seen in training."""

DISTRICTS = {"centre": 5200, "north": 3400, "south": 3900, "harbour": 4600}
"""Each district with its usual price per square metre: the simpler model, for when the model fails."""
FIELDS = {"area_m2": (float, 10, 1000), "rooms": (int, 1, 20), "built": (int, 1700, 2030)}


def wrong(record):
    """Return why a record is refused, None where it is not."""
    if not isinstance(record, dict):
        return "a record is an object"
    for name in record:
        if name not in FIELDS and name != "district":
            return f"{name}: no such field"
    for name, (kind, low, high) in FIELDS.items():
        value = record.get(name)
        if value is None and name == "built":
            continue
        if isinstance(value, bool) or not isinstance(value, int if kind is int else (int, float)):
            return f"{name}: a number is needed"
        if not low <= value <= high:
            return f"{name}: outside {low} to {high}"
    if not isinstance(record.get("district"), str) or not record["district"]:
        return "district: a name is needed"
    return None


def known(record):
    """Return whether the model was trained on such records."""
    return record["district"] in DISTRICTS


def simple(record):
    """Return a price without the model."""
    return round(record["area_m2"] * DISTRICTS.get(record["district"], min(DISTRICTS.values())))
