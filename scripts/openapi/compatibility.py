"""Whether clients of an older contract can work with a newer one.

What is asked of a client may only grow looser, and what it is answered only more: it ignores fields that it does not
know. A finding is a sentence with its place.
"""

from document import Document

# A schema may hold itself; deeper than this nothing new is found.
DEPTH_MAX = 12


def compare(old_text, new_text):
    """What of the older contract the newer one breaks, in the order of the older."""
    return Comparison(Document(old_text), Document(new_text)).findings()


class Comparison:
    def __init__(self, old, new):
        self.old, self.new = old, new
        self.found = []

    def findings(self):
        newer = {(path, method): (operation, parameters) for path, method, operation, parameters in self.new.operations()}
        for path, method, operation, parameters in self.old.operations():
            place = f"{method.upper()} {path}"
            if (path, method) not in newer:
                self.find(place, "is gone")
                continue
            new_operation, new_parameters = newer[path, method]
            if operation.get("operationId") != new_operation.get("operationId"):
                self.find(place, f"is no longer called {operation.get('operationId')}")
            self.access(place, operation, new_operation)
            self.parameters(place, parameters, new_parameters)
            self.body(place, operation.get("requestBody"), new_operation.get("requestBody"))
            self.answers(place, operation["responses"], new_operation["responses"])
        return list(dict.fromkeys(self.found))

    def find(self, place, what):
        self.found.append(f"{place}: {what}")

    def access(self, place, old, new):
        was_open = old.get("security", self.old.tree.get("security")) in ([], None)
        is_open = new.get("security", self.new.tree.get("security")) in ([], None)
        if was_open and not is_open:
            self.find(place, "needs a token now")

    def parameters(self, place, old, new):
        old, new = ({(p["in"], p["name"]): p for p in parameters} for parameters in (old, new))
        for key, parameter in old.items():
            name = f"{place} {key[0]} {key[1]}"
            # A header that is no longer read does no harm, and a template may call a part of the path otherwise.
            if key in new:
                self.schema(name, parameter.get("schema"), new[key].get("schema"), is_request=True)
            elif key[0] == "query":
                self.find(name, "is gone")
        for key, parameter in new.items():
            was_required = old.get(key, {}).get("required", False)
            if parameter.get("required") and not was_required and key[0] != "path":
                self.find(f"{place} {key[0]} {key[1]}", "is required now")

    def body(self, place, old, new):
        old, new = self.old.follow(old), self.new.follow(new)
        if new.get("required") and not old.get("required"):
            self.find(f"{place} body", "is required now")
        for media_type, content in old.get("content", {}).items():
            if media_type not in new.get("content", {}):
                self.find(f"{place} body", f"is no longer taken as {media_type}")
                continue
            new_content = new["content"][media_type]
            self.schema(f"{place} body", content.get("schema"), new_content.get("schema"), is_request=True)

    def answers(self, place, old, new):
        for status, response in old.items():
            response, new_response = self.old.follow(response), self.new.follow(new.get(status))
            name = f"{place} {status}"
            if not new_response:
                self.find(name, "is gone")
                continue
            for header in response.get("headers", {}):
                if header not in new_response.get("headers", {}):
                    self.find(name, f"has no header {header} any more")
            for media_type, content in response.get("content", {}).items():
                new_content = new_response.get("content", {}).get(media_type)
                if new_content is None:
                    self.find(name, f"is no longer answered as {media_type}")
                else:
                    self.schema(name, content.get("schema"), new_content.get("schema"), is_request=False)

    def schema(self, place, old, new, is_request, depth=0):
        """A request's schema may only take more, an answer's only less and with more fields."""
        old, new = self.old.whole(old), self.new.whole(new)
        if depth > DEPTH_MAX or not old:
            return
        self.types(place, old, new, is_request)
        self.values(place, old, new, is_request)
        self.choices(place, old, new, is_request, depth)
        if is_request:
            self.bounds(place, old, new)
        self.fields(place, old, new, is_request, depth)
        if "items" in old:
            self.schema(f"{place}[]", old["items"], new.get("items"), is_request, depth + 1)

    def types(self, place, old, new, is_request):
        before, after = types(old), types(new)
        lost, gained = before - after, after - before
        # To say nothing of the type is to take, or answer, any.
        if is_request and after and (lost or not before):
            self.find(place, f"no longer takes {words(lost) or 'every type'}")
        if not is_request and before and (gained or not after):
            self.find(place, f"may be {words(gained) or 'of any type'} now")
        if old.get("format") != new.get("format") and (new.get("format") if is_request else old.get("format")):
            self.find(place, f"has the format {new.get('format')}, not {old.get('format')}")

    def values(self, place, old, new, is_request):
        before, after = old.get("enum"), new.get("enum")
        if is_request and after is not None:
            if before is None:
                self.find(place, f"takes only {words(after)} now")
            elif lost := [value for value in before if value not in after]:
                self.find(place, f"no longer takes {words(lost)}")
        if not is_request and before is not None:
            if after is None:
                self.find(place, "may have any value now")
            elif gained := [value for value in after if value not in before]:
                self.find(place, f"may be {words(gained)} now")

    def choices(self, place, old, new, is_request, depth):
        """A choice is told apart by the names of its schemas, or else by its order."""
        for key in ("oneOf", "anyOf"):
            before, after = named(old.get(key, [])), named(new.get(key, []))
            for name, choice in before.items():
                if name in after:
                    self.schema(f"{place} {name}", choice, after[name], is_request, depth + 1)
                elif is_request:
                    self.find(place, f"no longer takes {name}")
            if not is_request and before:
                for name in after.keys() - before.keys():
                    self.find(place, f"may be {name} now")

    def bounds(self, place, old, new):
        for key, is_narrower in BOUNDS.items():
            before, after = old.get(key), new.get(key)
            if after is not None and (before is None or is_narrower(before, after)):
                self.find(place, f"has {key} {after} now, not {before}")

    def fields(self, place, old, new, is_request, depth):
        before, after = old.get("properties", {}), new.get("properties", {})
        for name, field in before.items():
            if name not in after:
                self.find(f"{place}.{name}", "is gone")
            else:
                self.schema(f"{place}.{name}", field, after[name], is_request, depth + 1)
        required_before, required_after = set(old.get("required", [])), set(new.get("required", []))
        for name in sorted(required_after - required_before if is_request else required_before - required_after):
            if is_request or name in after:
                self.find(f"{place}.{name}", "is required now" if is_request else "may be missing now")


BOUNDS = {
    "minimum": lambda old, new: new > old,
    "maximum": lambda old, new: new < old,
    "minLength": lambda old, new: new > old,
    "maxLength": lambda old, new: new < old,
    "minItems": lambda old, new: new > old,
    "maxItems": lambda old, new: new < old,
    "minProperties": lambda old, new: new > old,
    "pattern": lambda old, new: new != old,
}


def types(schema):
    declared = schema.get("type", [])
    return set(declared if isinstance(declared, list) else [declared])


def named(choices):
    return {choice.get("$ref", f"choice {place}").split("/")[-1]: choice for place, choice in enumerate(choices, 1)}


def words(values):
    return ", ".join(sorted(str(value) for value in values))
