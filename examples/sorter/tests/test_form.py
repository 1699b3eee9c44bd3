"""What becomes of the forms that a model fills, rightly and wrongly; the model itself is never asked."""

import json
import unittest
from unittest import mock

from sorter import form

GOOD = {"topic": "invoice", "urgency": 2, "summary": "the address on an invoice is wrong"}


def answering(*answers):
    return mock.patch.object(form, "asked", side_effect=answers)


class Form(unittest.TestCase):
    def test_a_form_that_is_filled_rightly_is_passed_on(self):
        with answering(json.dumps(GOOD)):
            self.assertEqual(form.filled("My invoice is wrong.", "1" * 32), GOOD)

    def test_a_wrong_form_is_asked_for_again(self):
        with answering("Sure!", json.dumps(GOOD)):
            self.assertEqual(form.filled("My invoice is wrong.", "1" * 32), GOOD)

    def test_after_some_wrong_forms_the_message_stays_unsorted(self):
        with answering(*["Sure!"] * form.ATTEMPTS), self.assertRaises(form.Unfit):
            form.filled("My invoice is wrong.", "1" * 32)

    def test_where_the_model_is_away_the_message_stays_unsorted(self):
        with mock.patch.object(form, "asked", return_value=""), self.assertRaises(form.Unfit):
            form.filled("My invoice is wrong.", "1" * 32)

    def test_forms_that_differ_from_what_was_asked_are_wrong(self):
        for wrong in (
            {"topic": "weather"}, {"urgency": 9}, {"urgency": True}, {"summary": "<b>now</b>"}, {"summary": None},
            {"more": 1},
        ):  # fmt: skip
            self.assertIsNone(form.checked(json.dumps({**GOOD, **wrong})), wrong)


class Asked(unittest.TestCase):
    def setUp(self):
        self.link = mock.Mock()
        environment = {"OPENAI_BASE_URL": "http://model.test/v1", "OPENAI_API_KEY": "none"}
        for each in (mock.patch.dict("os.environ", environment), mock.patch("http.client.HTTPConnection", self.link)):
            each.start()
            self.addCleanup(each.stop)
        self.reply = self.link.return_value.getresponse.return_value

    def test_the_answer_of_the_model_is_its_text(self):
        self.reply.status = 200
        self.reply.read.return_value = json.dumps({"choices": [{"message": {"content": "a form"}}]}).encode()
        self.assertEqual(form.asked("My invoice is wrong.", "1" * 32, 5), "a form")

    def test_a_model_that_breaks_says_nothing(self):
        self.reply.status = 500
        self.reply.read.return_value = b"overloaded"
        self.assertEqual(form.asked("My invoice is wrong.", "1" * 32, 5), "")


if __name__ == "__main__":
    unittest.main()
