"""Starts the peers, which are in bench/peers."""

import os
import socket
import time

from programs import Program

WORKERS = 2  # For each Python peer: one for each core.
CONNECTIONS = {"go": 16, "fastapi": 8, "litestar": 8}  # To PostgreSQL, for each process.
TITLES = {"go": "Go, pgx", "fastapi": "FastAPI, ORM", "litestar": "Litestar"}
ALL = list(CONNECTIONS)


class Peer(Program):
    """A server that gets its port in PORT."""

    def __init__(self, name, url, folder):
        self.port = free_port()
        environment = {
            **os.environ, "DATABASE_URL": url, "DATABASE_CONNECTIONS": str(CONNECTIONS[name]), "PORT": str(self.port),
            "PYTHONPATH": ".build/bench/python:bench/peers/python",
        }
        super().__init__(command(name, self.port), environment, [], f"{folder}/{name}.log")

    def __enter__(self):
        super().__enter__()
        self.wait_until_quiet()  # Until all workers have started.
        self.idle_bytes = self.memory("VmRSS")
        return self

    def read_urls(self, deadline):
        while self.process.poll() is None and time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except ConnectionRefusedError:
                time.sleep(0.05)
            else:
                return {"listening": f"http://127.0.0.1:{self.port}"}
        return self.fail_to_listen()


def command(name, port):
    if name == "go":
        return [".build/bench/go-peer"]
    at = ["--host", "127.0.0.1", "--port", str(port), "--workers", str(WORKERS), "--log-level", "warning"]
    if name == "fastapi":
        return ["python3", "-B", "-m", "uvicorn", "fastapi_peer:app", *at, "--no-access-log"]
    return ["python3", "-B", "-m", "granian", "litestar_peer:app", *at, "--interface", "asgi"]


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]
