"""Reads an OpenAPI document, and walks over it."""

import yaml

# The one in C reads the contract in a tenth of the time.
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
METHODS = ("get", "put", "post", "delete", "patch")


class Document:
    def __init__(self, text):
        self.tree = yaml.load(text, Loader)

    def follow(self, node):
        """The node itself, or what it refers to; an empty one for nothing."""
        while isinstance(node, dict) and "$ref" in node:
            target = self.tree
            for name in node["$ref"].removeprefix("#/").split("/"):
                target = target[name]
            node = target
        return {} if node is None else node

    def operations(self):
        """(path, method, operation, its parameters with those of its path), in the order of the document."""
        for path, item in self.tree["paths"].items():
            for method in METHODS:
                if method in item:
                    operation = item[method]
                    parameters = item.get("parameters", []) + operation.get("parameters", [])
                    yield path, method, operation, [self.follow(parameter) for parameter in parameters]

    def example(self, content):
        """The first example of a body; `None` if there is none."""
        for example in self.follow(content).get("examples", {}).values():
            return self.follow(example).get("value")
        return None
