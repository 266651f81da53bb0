"""Tests the calculation of figures. `make lint` runs it."""

import unittest
from xml.etree import ElementTree

import goals
import plot
import report


def measures(*rates, p99=4.0, postgres=10.0):
    return [{"rate": rate, "p50": 1.0, "p99": p99, "service": 30.0, "postgres": postgres} for rate in rates]


class Figures(unittest.TestCase):
    def test_a_ratio_is_of_each_round_by_itself(self):
        runs = {"current, service": measures(300, 100), "current, go": measures(100, 100)}
        figure = next(goals.ratio("current ÷ Go", runs, "rate", "current, service", "current, go", {"at_least": 1.4}))
        self.assertEqual(figure.values, [3, 1])
        self.assertTrue(figure.is_met)

    def test_a_goal_is_met_at_its_bound_and_missed_beyond(self):
        self.assertTrue(goals.Figure("", [1.4], at_least=1.4).is_met)
        self.assertFalse(goals.Figure("", [1.39], at_least=1.4).is_met)
        self.assertTrue(goals.Figure("", [45], at_most=45).is_met)
        self.assertFalse(goals.Figure("", [45.1], at_most=45).is_met)
        self.assertIsNone(goals.Figure("", [1]).is_met)

    def test_what_did_not_run_has_no_figure(self):
        part = {"connections": 64, "runs": {"current, service": measures(1), "current, bare": measures(1)}}
        self.assertEqual([figure.text for figure in goals.figures({"peers": part})],
                         ["current ÷ bare route", "service µs, current ÷ bare route"])

    def test_growth_compares_the_largest_with_the_smallest(self):
        runs = {"current, 10000": measures(200), "current, 20000": measures(1), "current, 5000000": measures(100)}
        part = {"connections": 64, "rows": [10_000, 20_000, 5_000_000], "runs": runs}
        figures = list(goals.figures({"rows": part}))
        self.assertEqual([figure.text for figure in figures],
                         ["time of current, 5 M ÷ 10 k rows", "PostgreSQL µs of current, 5 M ÷ 10 k rows"])
        self.assertEqual(figures[0].values, [2])
        self.assertFalse(figures[0].is_met)


class Report(unittest.TestCase):
    def test_a_row_names_what_it_shows_once(self):
        runs = {"current, pgbench": measures(30), "current, service": measures(10, 20, 90)}
        lines = list(report.table("Hot", runs))[3:]
        self.assertRegex(lines[0], r"^current +pgbench +30 \(30–30\)")
        self.assertRegex(lines[1], r"^ +service +20 \(10–90\) +1\.0 +4\.0 +30 +10$")


class Plot(unittest.TestCase):
    def test_it_is_xml_with_a_point_for_each_measure(self):
        part = {"connections": [1, 1024], "kinds": ["current"], "targets": ["service", "go"],
                "runs": {f"current, {name}, {count}": measures(9_000, p99=0.2)
                         for name in ["service", "go"] for count in [1, 1024]}}
        marks = [element for element in ElementTree.fromstring(plot.draw(part)).iter()
                 if element.get("class") == "mark"]
        self.assertEqual(len(marks), 2 * 2 * 2)

    def test_labels_keep_their_distance(self):
        self.assertEqual(plot.apart({"a": 10, "b": 11, "c": 100}), {"a": 10, "b": 26, "c": 100})
