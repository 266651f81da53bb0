"""The options, databases and programs that all parts share."""

import os
from contextlib import ExitStack
from dataclasses import asdict

import peers
from database import Database
from loads import Loads
from programs import Program, run, say
from runs import Runs, Target
from service import Service, environment


class Bench(ExitStack):
    def __init__(self, options, folder):
        super().__init__()
        self.options, self.folder = options, folder
        self.programs = os.path.abspath(options.programs)
        self.server_url = os.environ["DATABASE_URL"]
        self.loads = Loads(folder)
        self.databases, self.targets, self.logs = {}, {}, 0

    def database(self, sessions):
        """Creates and fills the database at the first call. It is dropped at the end."""
        if sessions not in self.databases:
            database = Database(self.server_url, sessions)
            self.callback(database.drop)
            database.create()
            run([f"{self.programs}/cashpilot", "migrate", "up"], environment(database.url))
            database.fill()
            self.databases[sessions] = database
        return self.databases[sessions]

    @property
    def main_database(self):
        return self.database(self.options.sessions)

    def new_service(self, database, **settings):
        self.logs += 1
        return Service(self.programs, database.url, f"{self.folder}/service.{self.logs}.log", **settings)

    def service(self, database):
        """One process for each database, started at the first call."""
        return self.target(("service", database.sessions), lambda: Target(
            "service", self.enter_context(self.new_service(database)), database, is_service=True))

    def ungrouped(self):
        """A process without group commit."""
        database = self.main_database
        return self.target("ungrouped", lambda: Target("ungrouped", self.enter_context(
            self.new_service(database, DATABASE_GROUPED_WRITES="0")), database, is_service=True))

    def bare(self):
        return self.target("bare", lambda: Target("bare", self.enter_context(
            Program([f"{self.programs}/BareRoute"], {}, ["listening"], f"{self.folder}/bare.log")), None))

    def peer(self, name):
        database = self.main_database
        return self.target(name, lambda: Target(name, self.enter_context(
            peers.Peer(name, database.url, self.folder)), database))

    def target(self, key, start):
        """Starts a program at the first call and checks one response of each kind."""
        if key not in self.targets:
            target = start()
            if target.database:
                target.checks.try_each()
            self.targets[key] = target
        return self.targets[key]

    def rounds(self, one_round, warm_up=True):
        """Calls `one_round(runs, seconds)` for each round and returns all measures.

        A warm-up of 1 s comes first, unless there is only one round.
        """
        runs = Runs(self.loads)
        if warm_up and self.options.rounds > 1:
            say("warming up")
            one_round(runs, 1)
            runs.forget()
        for number in range(self.options.rounds):
            say(f"round {number + 1} of {self.options.rounds}")
            one_round(runs, self.options.seconds)
        return {key: [asdict(measure) for measure in measures] for key, measures in runs.measures.items()}

    def show_complaints(self):
        for target in self.targets.values():
            if target.name in ("service", "ungrouped"):
                target.program.show_complaints()
