"""Reads an OpenAPI document."""

import yaml

# The loader in C reads the contract in a tenth of the time.
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
METHODS = ("get", "put", "post", "delete", "patch")


class Document:
    def __init__(self, text):
        self.tree = yaml.load(text, Loader)

    def follow(self, node):
        """The node, or the target of its `$ref`. None becomes an empty node."""
        while isinstance(node, dict) and "$ref" in node:
            target = self.tree
            for name in node["$ref"].removeprefix("#/").split("/"):
                target = target[name]
            node = target
        return {} if node is None else node

    def whole(self, schema):
        """The schema with the fields of all its `allOf`."""
        schema = self.follow(schema)
        parts = [self.whole(part) for part in schema.get("allOf", [])]
        if not parts:
            return schema
        merged = {}
        for part in parts + [{key: value for key, value in schema.items() if key != "allOf"}]:
            fields = merged.get("properties", {}) | part.get("properties", {})
            required = merged.get("required", []) + part.get("required", [])
            merged |= part | {"properties": fields, "required": required}
        return merged

    def operations(self):
        """Yields (path, method, operation, parameters) in document order, with the parameters of the path."""
        for path, item in self.tree["paths"].items():
            for method in METHODS:
                if method in item:
                    operation = item[method]
                    parameters = item.get("parameters", []) + operation.get("parameters", [])
                    yield path, method, operation, [self.follow(parameter) for parameter in parameters]
