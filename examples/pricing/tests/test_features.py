"""Records whose features are known."""

import unittest

from pricing import features

FLAT = {"area_m2": 80, "rooms": 3, "district": "centre", "built": 1990}


class Features(unittest.TestCase):
    def test_a_whole_record_stays_as_it_is(self):
        self.assertEqual(features.of(FLAT), {"area_m2": 80.0, "rooms": 3, "district": "centre", "built": 1990})

    def test_a_year_that_nobody_knows_is_the_usual_one(self):
        self.assertEqual(features.of({**FLAT, "built": None})["built"], 1968)
        del (flat := dict(FLAT))["built"]
        self.assertEqual(features.of(flat)["built"], 1968)


if __name__ == "__main__":
    unittest.main()
