"""A trace collector for tests: trace-collector.py STATUS SECONDS

It listens on a free port of loopback and prints the port. For each request it prints a line of JSON: the path, the
Content-Type, the body, and a sentence for each place where the body is not OTLP/JSON. It responds with STATUS, SECONDS
after the request.
"""

import http.server
import json
import re
import sys
import time

STATUS, SECONDS = int(sys.argv[1]), int(sys.argv[2])


def digits(pattern, limit=None):
    def check(value):
        return isinstance(value, str) and bool(re.fullmatch(pattern, value)) and (limit is None or int(value) <= limit)

    return check


def number(most):
    return lambda value: type(value) is int and 0 <= value <= most


# Of OTLP/JSON: "JSON Protobuf Encoding" in docs/specification.md of opentelemetry-proto. Ids are hexadecimal, 64-bit
# integers are decimal strings, and enumerations are numbers. An id is not zero.
SCALARS = {
    "string": lambda value: isinstance(value, str),
    "trace id": digits("(?!0{32})[0-9A-Fa-f]{32}"),
    "span id": digits("(?!0{16})[0-9A-Fa-f]{16}"),
    "fixed64": digits("0|[1-9][0-9]*", 2**64 - 1),
    "int64": digits("0|-?[1-9][0-9]*", 2**63 - 1),
    "SpanKind": number(5),
    "StatusCode": number(2),
}

# The messages and their fields, without those that the service does not write. [T] is a repeated T.
MESSAGES = {
    "ExportTraceServiceRequest": {"resourceSpans": ["ResourceSpans"]},
    "ResourceSpans": {"resource": "Resource", "scopeSpans": ["ScopeSpans"]},
    "Resource": {"attributes": ["KeyValue"]},
    "ScopeSpans": {"scope": "InstrumentationScope", "spans": ["Span"]},
    "InstrumentationScope": {"name": "string", "version": "string"},
    "Span": {
        "traceId": "trace id", "spanId": "span id", "parentSpanId": "span id", "name": "string", "kind": "SpanKind",
        "startTimeUnixNano": "fixed64", "endTimeUnixNano": "fixed64", "attributes": ["KeyValue"], "status": "Status",
    },
    "KeyValue": {"key": "string", "value": "AnyValue"},
    "AnyValue": {"stringValue": "string", "intValue": "int64"},
    "Status": {"message": "string", "code": "StatusCode"},
}
REQUIRED = {
    "Span": {"traceId", "spanId", "name", "startTimeUnixNano", "endTimeUnixNano"},
    "KeyValue": {"key", "value"},
}


def errors(value, kind, place):
    """A sentence for each place where `value` is not a `kind`."""
    if isinstance(kind, list):
        if not isinstance(value, list):
            return [f"{place} is not an array"]
        found = [error for index, item in enumerate(value) for error in errors(item, kind[0], f"{place}[{index}]")]
        if kind == ["KeyValue"] and not found:
            keys = [item["key"] for item in value]
            found += [f"{place} has {key} twice" for key in sorted(set(keys)) if keys.count(key) > 1]
        return found
    if kind in SCALARS:
        return [] if SCALARS[kind](value) else [f"{place} is not a {kind}: {value!r}"]
    if not isinstance(value, dict):
        return [f"{place} is not a {kind}"]
    fields = MESSAGES[kind]
    found = [f"{place} has no {name}" for name in sorted(REQUIRED.get(kind, set()) - set(value))]
    if kind == "AnyValue" and len(value) != 1:
        found.append(f"{place} has {len(value)} values")
    for name, item in value.items():
        if name in fields:
            found += errors(item, fields[name], f"{place}.{name}")
        else:
            found.append(f"{place} has an unknown field: {name}")
    return found


class Collector(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        export = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        line = {
            "path": self.path,
            "type": self.headers["Content-Type"],
            "export": export,
            "errors": errors(export, "ExportTraceServiceRequest", "export"),
        }
        print(json.dumps(line), flush=True)
        time.sleep(SECONDS)
        response = b"{}"  # An ExportTraceServiceResponse without fields: full success.
        self.send_response(STATUS)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(response)))
        self.end_headers()
        self.wfile.write(response)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Collector)
print(server.server_port, flush=True)
server.serve_forever()
