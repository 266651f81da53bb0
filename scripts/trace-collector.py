"""Takes traces as a collector does and prints what they are, for tests: trace-collector.py STATUS SECONDS

Listens on a free port of loopback, prints it, and then a line of JSON for each request: what OpenTelemetry's own
definitions make of its body. It answers each with STATUS, after SECONDS. PYTHONPATH must have opentelemetry-proto.
"""

import http.server
import json
import sys
import time

from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as traces

STATUS, SECONDS = int(sys.argv[1]), int(sys.argv[2])


class Collector(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        export = traces.ExportTraceServiceRequest.FromString(body)
        # Fields that the definitions do not know are kept, unless one asks for the contrary.
        known = traces.ExportTraceServiceRequest.FromString(body)
        known.DiscardUnknownFields()
        seen = {
            "path": self.path,
            "type": self.headers["Content-Type"],
            "is_as_defined": known.SerializeToString() == body,
            "export": json_format.MessageToDict(export),
        }
        print(json.dumps(seen), flush=True)
        time.sleep(SECONDS)
        answer = traces.ExportTraceServiceResponse().SerializeToString()
        self.send_response(STATUS)
        self.send_header("Content-Type", "application/x-protobuf")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Collector)
print(server.server_port, flush=True)
server.serve_forever()
