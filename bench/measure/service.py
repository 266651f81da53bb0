"""Starts one or several processes of the service."""

from contextlib import ExitStack

from programs import Program


class Service(Program):
    def __init__(self, programs, url, log, **settings):
        super().__init__(
            [f"{programs}/cashpilot", "serve"], environment(url) | settings, ["listening", "management"], log)

    @property
    def management_urls(self):
        return [self.urls["management"]]


class Replicas:
    """Several processes of the service, used like one."""

    def __init__(self, services):
        self.services = services

    def __enter__(self):
        with ExitStack() as stack:
            for service in self.services:
                stack.enter_context(service)
            self.stack = stack.pop_all()
        return self

    def __exit__(self, *_):
        self.stack.close()

    @property
    def replica_urls(self):
        return [service.url for service in self.services]

    @property
    def url(self):
        return self.services[0].url

    @property
    def management_urls(self):
        return [url for service in self.services for url in service.management_urls]

    def cpu_seconds(self):
        return sum(service.cpu_seconds() for service in self.services)


# The load has few users with many connections each. The limits of fair use are checked, but never reached. The queue
# gives a conflict key 512 places.
CROWDED = {"USER_REQUESTS_MAX": "65536", "ADDRESS_REQUESTS_MAX": "65536", "USER_WRITES_PER_SECOND": "10000",
           "USER_WRITE_BURST": "100000", "DATABASE_QUEUE_MAX": "16384"}


def environment(url):
    return {"DATABASE_URL": url, "HTTP_PORT": "0", "MANAGEMENT_PORT": "0"} | CROWDED
