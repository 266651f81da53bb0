"""Every kind of change to a contract, and whether it breaks its clients."""

import copy
import unittest

import yaml

from compatibility import compare

CONTRACT = {
    "security": [{"bearerAuth": []}],
    "paths": {
        "/open": {
            "parameters": [{"$ref": "#/components/parameters/Limit"}],
            "post": {
                "operationId": "open",
                "security": [],
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Body"}}}},
                "responses": {
                    "200": {
                        "headers": {"ETag": {}},
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Answer"}}},
                    },
                    "409": {"content": {"application/problem+json": {"schema": {
                        "oneOf": [{"$ref": "#/components/schemas/Answer"}]}}}},
                },
            },
        },
    },
    "components": {
        "parameters": {"Limit": {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 100}}},
        "schemas": {
            "Body": {
                "type": "object",
                "required": ["cash"],
                "properties": {
                    "cash": {"type": "integer", "minimum": 0},
                    "kind": {"type": "string", "enum": ["a", "b"]},
                    "notes": {"type": ["string", "null"], "maxLength": 20},
                },
            },
            "Answer": {
                "type": "object",
                "required": ["id", "status"],
                "properties": {
                    "id": {"type": "string", "format": "uuid"},
                    "status": {"type": "string", "enum": ["OPEN", "CLOSED"]},
                    "children": {"type": "array", "items": {"$ref": "#/components/schemas/Answer"}},
                },
            },
            "Other": {"type": "object"},
        },
    },
}


class Changes(unittest.TestCase):
    def findings(self, change):
        new = copy.deepcopy(CONTRACT)
        change(new, new["paths"]["/open"]["post"], new["components"]["schemas"])
        return compare(yaml.safe_dump(CONTRACT), yaml.safe_dump(new))

    def breaks(self, change, *expected):
        found = self.findings(change)
        for finding in expected:
            self.assertIn(finding, found)
        self.assertTrue(expected)

    def keeps(self, change):
        self.assertEqual(self.findings(change), [])

    def test_what_clients_do_not_notice(self):
        self.keeps(lambda new, post, schemas: None)
        self.keeps(lambda new, post, schemas: new["paths"].update({"/more": {"get": {"responses": {}}}}))
        self.keeps(lambda new, post, schemas: post["responses"].update({"503": {}}))
        self.keeps(lambda new, post, schemas: schemas["Answer"]["properties"].update(new={"type": "string"}))
        self.keeps(lambda new, post, schemas: schemas["Answer"]["required"].append("children"))
        self.keeps(lambda new, post, schemas: schemas["Answer"]["properties"]["status"].update(enum=["OPEN"]))
        self.keeps(lambda new, post, schemas: schemas["Body"]["properties"].update(new={"type": "string"}))
        self.keeps(lambda new, post, schemas: schemas["Body"].update(required=[]))
        self.keeps(lambda new, post, schemas: schemas["Body"]["properties"]["kind"]["enum"].append("c"))
        self.keeps(lambda new, post, schemas: schemas["Body"]["properties"]["notes"].update(maxLength=30))

    def test_fields_of_a_shared_base(self):
        def share(new, post, schemas):
            answer = schemas["Answer"]
            schemas["Base"] = {"type": "object", "required": ["id"], "properties": {"id": answer["properties"].pop("id")}}
            answer["required"] = ["status"]
            schemas["Answer"] = {"allOf": [{"$ref": "#/components/schemas/Base"}, answer]}

        def shorten(new, post, schemas):
            share(new, post, schemas)
            schemas["Base"]["properties"].clear()

        self.keeps(share)
        self.breaks(shorten, "POST /open 200.id: is gone")

    def test_what_is_gone(self):
        self.breaks(lambda new, post, schemas: new["paths"].clear(), "POST /open: is gone")
        self.breaks(lambda new, post, schemas: new["paths"]["/open"].pop("post"), "POST /open: is gone")
        self.breaks(lambda new, post, schemas: post["responses"].pop("409"), "POST /open 409: is gone")
        self.breaks(lambda new, post, schemas: post["responses"]["200"]["headers"].clear(),
                    "POST /open 200: has no header ETag any more")
        self.breaks(lambda new, post, schemas: post["responses"]["200"]["content"].clear(),
                    "POST /open 200: is no longer answered as application/json")
        self.breaks(lambda new, post, schemas: schemas["Answer"]["properties"].pop("id"), "POST /open 200.id: is gone")
        self.breaks(lambda new, post, schemas: schemas["Body"]["properties"].pop("notes"),
                    "POST /open body.notes: is gone")
        self.breaks(lambda new, post, schemas: new["paths"]["/open"].pop("parameters"),
                    "POST /open query limit: is gone")
        self.breaks(lambda new, post, schemas: post["requestBody"]["content"].clear(),
                    "POST /open body: is no longer taken as application/json")
        self.breaks(lambda new, post, schemas: post.update(operationId="start"),
                    "POST /open: is no longer called open")

    def test_what_is_asked_beyond(self):
        self.breaks(lambda new, post, schemas: schemas["Body"]["required"].append("notes"),
                    "POST /open body.notes: is required now")
        self.breaks(lambda new, post, schemas: post["requestBody"].update(required=True),
                    "POST /open body: is required now")
        self.breaks(lambda new, post, schemas: new["components"]["parameters"]["Limit"].update(required=True),
                    "POST /open query limit: is required now")
        self.breaks(lambda new, post, schemas: post.pop("security"), "POST /open: needs a token now")

    def test_what_is_taken_no_more(self):
        self.breaks(lambda new, post, schemas: schemas["Body"]["properties"]["kind"].update(enum=["a"]),
                    "POST /open body.kind: no longer takes b")
        self.breaks(lambda new, post, schemas: schemas["Body"]["properties"]["notes"].update(type="string"),
                    "POST /open body.notes: no longer takes null")
        self.breaks(lambda new, post, schemas: schemas["Body"]["properties"]["cash"].update(minimum=1),
                    "POST /open body.cash: has minimum 1 now, not 0")
        self.breaks(lambda new, post, schemas: schemas["Body"]["properties"]["notes"].update(pattern="^a"),
                    "POST /open body.notes: has pattern ^a now, not None")
        self.breaks(lambda new, post, schemas: new["components"]["parameters"]["Limit"]["schema"].update(maximum=50),
                    "POST /open query limit: has maximum 50 now, not 100")

    def test_what_is_answered_otherwise(self):
        self.breaks(lambda new, post, schemas: schemas["Answer"]["properties"]["status"]["enum"].append("ENDED"),
                    "POST /open 200.status: may be ENDED now", "POST /open 200.children[].status: may be ENDED now")
        self.breaks(lambda new, post, schemas: schemas["Answer"]["properties"]["id"].update(type=["string", "null"]),
                    "POST /open 200.id: may be null now")
        self.breaks(lambda new, post, schemas: schemas["Answer"]["properties"]["id"].update(format="date"),
                    "POST /open 200.id: has the format date, not uuid")
        self.breaks(lambda new, post, schemas: schemas["Answer"]["required"].remove("id"),
                    "POST /open 200.id: may be missing now")
        self.breaks(lambda new, post, schemas: post["responses"]["409"]["content"]["application/problem+json"]["schema"]
                    ["oneOf"].append({"$ref": "#/components/schemas/Other"}), "POST /open 409: may be Other now")


if __name__ == "__main__":
    unittest.main()
