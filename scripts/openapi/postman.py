"""Makes a Postman collection (format 2.1.0) of the contract.

First a shift in requests to be sent in order: log in, open, open again and be refused, close. Each keeps what the next
needs in a variable and tests its answer. Then every operation, in a folder for each tag, with its first example.
"""

import json

from document import Document

SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"

# Operation, name, status, body, headers, and which variables get which member of the answer.
SHIFT = [
    ("issueToken", "Log in", 200, {"email": "{{email}}", "password": "{{password}}"}, {}, {"token": "access_token"}),
    ("getMe", "Find a business", 200, None, {}, {"business_id": "businesses.0.id"}),
    ("openSession", "Open a session", 201, {"initial_cash": 150000}, {"Idempotency-Key": "{{$guid}}"},
     {"session_id": "id"}),
    ("openSession", "Open again: refused", 409, {"initial_cash": 150000}, {}, {"session_id": "existing_session.id"}),
    ("closeSession", "Close it", 200, {"final_cash": 180000}, {}, {}),
]

# What a reader fills in, or a request of the shift does; no other place of a path is a variable.
VARIABLES = {"base_url": "http://127.0.0.1:8080", "email": "", "password": "", "token": "", "business_id": "",
             "session_id": "", "user_id": ""}


def collection(text):
    document = Document(text)
    operations = {operation["operationId"]: (path, method, operation, parameters)
                  for path, method, operation, parameters in document.operations()}
    folders = [{"name": "A shift", "description": "Send these in order, with `email` and `password` of a cashier.",
                "item": [step(document, operations[name], *rest) for name, *rest in SHIFT]}]
    for tag in document.tree["tags"]:
        items = [request(document, *found) for found in operations.values() if tag["name"] in found[2]["tags"]]
        folders.append({"name": tag["name"], "description": tag["description"], "item": items})
    info = document.tree["info"]
    return {
        "info": {"name": info["title"], "version": info["version"], "description": info["description"],
                 "schema": SCHEMA},
        "auth": {"type": "bearer", "bearer": [{"key": "token", "value": "{{token}}", "type": "string"}]},
        "variable": [{"key": key, "value": value, "type": "string"} for key, value in VARIABLES.items()],
        "item": folders,
    }


def request(document, path, method, operation, parameters):
    """One operation, with its first example."""
    made = {"method": method.upper(), "url": url(path, parameters), "header": [],
            "description": operation.get("description", operation["summary"])}
    for parameter in parameters:
        if parameter["in"] == "header":
            made["header"].append({"key": parameter["name"], "value": value(parameter), "disabled": True,
                                   "description": parameter.get("description", "")})
    body = document.follow(operation.get("requestBody")).get("content", {}).get("application/json")
    if body:
        made["body"] = json_body(document.example(body) or {})
        made["header"].append({"key": "Content-Type", "value": "application/json"})
    if operation.get("security") == []:
        made["auth"] = {"type": "noauth"}
    return {"name": operation["summary"], "request": made, "response": []}


def step(document, found, name, status, body, headers, kept):
    """One request of the shift, with a test."""
    item = request(document, *found)
    item["name"] = name
    made = item["request"]
    made["url"]["query"] = []
    made["url"]["raw"] = made["url"]["raw"].split("?")[0]
    made["header"] = [{"key": key, "value": text} for key, text in headers.items()]
    if body is not None:
        made["header"].append({"key": "Content-Type", "value": "application/json"})
        made["body"] = json_body(body)
    lines = [f"pm.test('answers {status}', function () {{ pm.response.to.have.status({status}); }});"]
    for variable, place in kept.items():
        member = "".join(f"[{part}]" if part.isdigit() else f".{part}" for part in place.split("."))
        lines.append(f"pm.collectionVariables.set('{variable}', pm.response.json(){member});")
    item["event"] = [{"listen": "test", "script": {"type": "text/javascript", "exec": lines}}]
    return item


def url(path, parameters):
    parts = [part.strip("{}") if part.startswith("{") else None for part in path.strip("/").split("/")]
    shown = ["{{" + name + "}}" if name in VARIABLES else f":{name}" if name else part
             for name, part in zip(parts, path.strip("/").split("/"))]
    query = [{"key": parameter["name"], "value": value(parameter), "disabled": True,
              "description": parameter.get("description", "")}
             for parameter in parameters if parameter["in"] == "query"]
    others = [{"key": parameter["name"], "value": value(parameter)}
              for parameter in parameters if parameter["in"] == "path" and parameter["name"] not in VARIABLES]
    return {"raw": "{{base_url}}/" + "/".join(shown), "host": ["{{base_url}}"], "path": shown, "query": query,
            "variable": others}


def value(parameter):
    example = parameter.get("example", parameter.get("schema", {}).get("default", ""))
    return example if isinstance(example, str) else json.dumps(example)


def json_body(body):
    text = json.dumps(body, indent=2, ensure_ascii=False)
    return {"mode": "raw", "raw": text, "options": {"raw": {"language": "json"}}}


def faults(made, text):
    """What is wrong with the structure of a collection: nothing, or a sentence for each."""
    found, names = [], []
    for folder in made["item"]:
        for item in folder["item"]:
            place = f"{folder['name']}: {item['name']}"
            asked = item["request"]
            if not asked["url"]["raw"].startswith("{{base_url}}/"):
                found.append(f"{place} goes to {asked['url']['raw']}")
            if "{" in asked["url"]["raw"].replace("{{", "").replace("}}", "").replace("}", ""):
                found.append(f"{place} has a place that nobody fills: {asked['url']['raw']}")
            if "body" in asked:
                json.loads(asked["body"]["raw"])
            if folder["name"] != "A shift":
                names.append((asked["method"], item["name"]))
    wanted = [(method.upper(), operation["summary"]) for _, method, operation, _ in Document(text).operations()]
    if sorted(names) != sorted(wanted):
        found.append(f"the operations differ: {sorted(set(names) ^ set(wanted))}")
    return found
