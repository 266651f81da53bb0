"""What the Postman collection of the contract holds."""

import pathlib
import unittest

from postman import collection, faults

TEXT = (pathlib.Path(__file__).parents[2] / "openapi.yaml").read_text()


class Collection(unittest.TestCase):
    def setUp(self):
        self.made = collection(TEXT)

    def test_has_every_operation_once(self):
        self.assertEqual(faults(self.made, TEXT), [])
        self.made["item"][2]["item"].pop()
        self.assertEqual(len(faults(self.made, TEXT)), 1)

    def test_begins_with_a_shift_that_is_refused_a_second_session(self):
        shift = self.made["item"][0]["item"]
        self.assertEqual([item["request"]["method"] for item in shift], ["POST", "GET", "POST", "POST", "POST"])
        self.assertIn("status(409)", shift[3]["event"][0]["script"]["exec"][0])
        self.assertTrue(shift[4]["request"]["url"]["raw"].endswith("/{{session_id}}/close"))

    def test_leaves_no_place_of_an_address_unfilled(self):
        names = {entry["key"] for entry in self.made["variable"]}
        for folder in self.made["item"]:
            for item in folder["item"]:
                url = item["request"]["url"]
                given = {f":{entry['key']}" for entry in url["variable"]}
                for part in url["path"]:
                    self.assertTrue(part in given or part.strip("{}") in names or part[0] not in "{:", url["raw"])


if __name__ == "__main__":
    unittest.main()
