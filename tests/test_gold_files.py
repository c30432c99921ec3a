"""The gold files are well formed, so that a score on them means something."""

import datetime
import re
import unittest
from collections import Counter
from pathlib import Path

HERE = Path(__file__).parent
DEVELOPMENT = HERE / "cases" / "development.txt"
NEWS = HERE / "cases" / "development_news.txt"
HELD_OUT = HERE / "held_out" / "phenomena.txt"

RELATIONS = frozenset((
    "AGREE", "CONSULT", "SUPPORT", "CONCEDE", "APPEAL", "COOPERATE", "AID", "RETREAT", "REQUEST", "ACCUSE", "REJECT", "THREATEN",
    "PROTEST", "SANCTION", "MOBILIZE", "COERCE", "ASSAULT", "MEMBER", "CANDIDATE", "ALLY", "RIVAL", "OFFICE",
))  # fmt: skip
STATUSES = frozenset(["asserted", "negated", "requested", "planned", "possible"])
HEAD = re.compile(r"^(\w+) \| ([\w -]+?)(?: \| (\S+))?$")
STATEMENT = re.compile(r"^(.+?) > ([A-Z|]+) > (.+?)((?: \[[^\]]*\])*)( \(optional\))?$")


def read(path):
    """The items of a gold file: id, date, text and statements (match objects)."""
    items = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        if head := HEAD.match(line):
            items.append({"id": head[1], "date": head[3], "text": "", "statements": []})
        elif statement := STATEMENT.match(line):
            items[-1]["statements"].append(statement)
        else:
            items[-1]["text"] += (" " if items[-1]["text"] else "") + line
    return items


def marks(statement):
    return re.findall(r"\[([^\]]*)\]", statement[4])


class GoldFiles(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.files = {path.name: read(path) for path in (DEVELOPMENT, NEWS, HELD_OUT)}

    def each(self):
        return [item for items in self.files.values() for item in items]

    def test_ids_are_unique_across_the_files(self):
        counts = Counter(item["id"] for items in self.files.values() for item in items)
        assert [i for i, n in counts.items() if n > 1] == []

    def test_sizes(self):
        sizes = {name: len(items) for name, items in self.files.items()}
        assert sizes == {"development.txt": 150, "development_news.txt": 200, "phenomena.txt": 160}

    def test_every_item_has_a_text_free_of_notation(self):
        for item in self.each():
            assert item["text"], item["id"]
            assert not re.search(r" [>|] |\[|\(optional\)", item["text"]), item["id"]

    def test_no_text_occurs_twice(self):
        counts = Counter(item["text"] for items in self.files.values() for item in items)
        assert [t for t, n in counts.items() if n > 1] == []

    def test_dates_are_days_of_the_covered_years(self):
        for item in self.each():
            assert datetime.date.fromisoformat(item["date"]).year in range(1990, 2027), item["id"]

    def test_relations_statuses_and_speakers_are_valid(self):
        for item in self.each():
            for statement in item["statements"]:
                assert set(statement[2].split("|")) <= RELATIONS, item["id"]
                statuses = [mark for mark in marks(statement) if not mark.startswith("by=")]
                assert len(statuses) <= 1, item["id"]
                for status in statuses:
                    assert status == "*" or set(status.split("|")) <= STATUSES, item["id"]
                assert all(mark != "by=" for mark in marks(statement)), item["id"]

    def test_actors_are_written_once_and_differ(self):
        for item in self.each():
            lines = [(s[1], s[2], s[3], s[4]) for s in item["statements"]]
            assert len(lines) == len(set(lines)), item["id"]
            for statement in item["statements"]:
                assert statement[1] != statement[3], item["id"]
                for actor in (statement[1], statement[3]):
                    assert re.search(r"^[^@>\[\]]+(@[^@>\[\]]+)?$", actor), item["id"]

    def test_a_share_of_the_items_holds_no_statement(self):
        for name, items in self.files.items():
            with self.subTest(file=name):
                empty = sum(not item["statements"] for item in items)
                assert empty / len(items) >= 0.15

    def test_every_relation_is_covered(self):
        required = [s for items in self.files.values() for item in items for s in item["statements"] if not s[5]]
        counts = Counter(relation for s in required for relation in s[2].split("|"))
        assert [relation for relation in sorted(RELATIONS) if counts[relation] < 5] == []


if __name__ == "__main__":
    unittest.main()
