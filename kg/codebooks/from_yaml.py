"""A codebook written in YAML: every value is text (010 stays "010", NO stays "NO"), and every fault has its line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml
from yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from kg.codebooks.draft import CodeRow, Draft, Faults, RuleRow
from kg.codebooks.lexicon_rows import add_row, read_csv
from kg.codebooks.scheme import Words

HEAD = ("codebook", "title", "iri", "version", "source", "licence", "statuses", "codes", "mapping", "uncoded", "lexicon")
CODE = ("code", "label", "definition", "broader", "quad", "score", "iri")
RULE = ("relation", "code", "status", "words", "content", "source", "target", "note")
NO_CODE = "none"
"""Written as a rule's code: what fits gets none."""

_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # ten times faster where PyYAML was built with it
_DEEPEST = 20
"""Lists and fields within each other. PyYAML goes down by recursion, and where it is C too deep a file ends the process."""
Fields = Mapping[str, Node]


def read_yaml(file: str, text: str, folder: Path, faults: Faults) -> Draft | None:
    """The draft of a YAML codebook. `folder` is where a lexicon that it names is looked for."""
    try:
        trap = _trap(text)
        top = yaml.compose(text, Loader=_LOADER) if trap is None else None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        faults.add(f"{file}:{mark.line + 1}" if mark else file, f"not YAML: {error.problem or error.context}")
        return None
    except yaml.YAMLError as error:
        faults.add(file, f"not YAML: {' '.join(str(error).split())}")
        return None
    if trap is not None:
        faults.add(f"{file}:{trap[0]}", trap[1])
        return None
    if top is None:
        faults.add(file, "is empty; 'kg codebook cameo --format yaml' shows a codebook")
        return None
    return _Reader(file, folder, faults).draft(top)


def _trap(text: str) -> tuple[int, str] | None:
    """Line and words for what a codebook has no use for and a hostile file has: aliases, which can multiply without end, and depth."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, AliasEvent):
            return event.start_mark.line + 1, f"'*{event.anchor}' refers to another place; write out what is meant"
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if depth > _DEEPEST:
            return event.start_mark.line + 1, "lists are nested too deeply; no codebook needs that"
    return None


class _Reader:
    """Walks the nodes of one file as deep as a codebook goes, and no deeper."""

    def __init__(self, file: str, folder: Path, faults: Faults) -> None:
        self.file, self.folder, self.faults = file, folder, faults

    def draft(self, top: Node) -> Draft | None:
        fields = self.fields(top, "a codebook", HEAD, ("codebook", "codes", "mapping"))
        if fields is None:
            return None
        found = Draft(self.file, self.one(fields, "codebook"))
        found.title, found.version, found.source, found.licence = (
            self.one(fields, key) for key in ("title", "version", "source", "licence")
        )
        found.iri = self.one(fields, "iri") or None
        found.statuses = tuple((self.place(node), status) for node, status in self.several(fields, "statuses"))
        found.uncoded = [(self.place(node), relation) for node, relation in self.several(fields, "uncoded")]
        for node in self.items(fields, "codes"):
            found.codes.extend(self.code(node))
        self.lexicon(fields.get("lexicon"), found)
        for node in self.items(fields, "mapping"):
            found.rules.extend(self.rules(node))
        return found

    def code(self, node: Node) -> Iterator[CodeRow]:
        fields = self.fields(node, "a code", CODE, ("code", "label"))
        if fields is not None:
            rest = {key: self.one(fields, key) or None for key in ("broader", "quad", "score", "iri")}
            code, label, definition = (self.one(fields, key) for key in ("code", "label", "definition"))
            yield CodeRow(self.place(node), code, label, definition, **rest)

    def rules(self, node: Node) -> Iterator[RuleRow]:
        fields = self.fields(node, "a rule of 'mapping'", RULE, ("relation", "code"))
        if fields is None:
            return
        code = self.one(fields, "code")
        status, content, source, target = (
            tuple(text for _, text in self.several(fields, key)) for key in ("status", "content", "source", "target")
        )
        words = tuple(self.words(fields))
        for _, relation in self.several(fields, "relation"):
            yield RuleRow(self.place(node), relation, None if code == NO_CODE else code, status, words, content, source, target)

    def words(self, fields: Fields) -> Iterator[Words]:
        for node, text in self.several(fields, "words"):
            try:
                yield Words.parse(text)
            except ValueError as error:
                self.faults.add(self.place(node), str(error))

    def lexicon(self, node: Node | None, draft: Draft) -> None:
        if isinstance(node, ScalarNode):
            read_csv(self.folder / node.value, draft, self.faults)
        elif isinstance(node, SequenceNode):
            for row in node.value:
                fields = self.fields(row, "a row of 'lexicon'", None, ())
                if fields is not None:
                    add_row(self.place(row), {key: self.cell(fields[key]) for key in fields}, draft, self.faults)
        elif node is not None:
            self.faults.add(self.place(node), "'lexicon' is a list of rows, or the name of a CSV file beside this one")

    # -- nodes ------------------------------------------------------------------------------------------------------

    def place(self, node: Node) -> str:
        return f"{self.file}:{node.start_mark.line + 1}"

    def fields(self, node: Node, what: str, known: tuple[str, ...] | None, needed: tuple[str, ...]) -> Fields | None:
        """The fields of a mapping by name; None where it is none or lacks one that is needed."""
        if not isinstance(node, MappingNode):
            self.faults.add(self.place(node), f"{what} is written as fields, such as '{(needed or ('lemma',))[0]}: ...'")
            return None
        found: dict[str, Node] = {}
        for key, value in node.value:
            name = key.value if isinstance(key, ScalarNode) else ""
            if name in found:
                self.faults.add(self.place(key), f"'{name}' stands twice in {what}; take one out")
            if known is not None:
                self.faults.unless_known(self.place(key), "field", name, known)
            found[name] = value
        missing = [name for name in needed if name not in found or not self.is_filled(found[name])]
        if missing:
            self.faults.add(self.place(node), f"{what} lacks '{missing[0]}'; it needs {', '.join(needed)}")
            return None
        return found

    def is_filled(self, node: Node) -> bool:
        return bool(node.value)

    def one(self, fields: Fields, key: str) -> str:
        """A field that holds one text; "" where it is not there."""
        node = fields.get(key)
        if node is None:
            return ""
        if not isinstance(node, ScalarNode):
            self.faults.add(self.place(node), f"'{key}' holds one value, not a list")
            return ""
        return " ".join(str(node.value).split())

    def several(self, fields: Fields, key: str) -> Iterator[tuple[Node, str]]:
        """The texts of a field that holds one or a list of them, with their nodes."""
        node = fields.get(key)
        for part in node.value if isinstance(node, SequenceNode) else [node] if node is not None else []:
            if not isinstance(part, ScalarNode):
                self.faults.add(self.place(part), f"'{key}' holds values, not {'fields' if isinstance(part, MappingNode) else 'lists'}")
            elif part.value:
                yield part, part.value

    def items(self, fields: Fields, key: str) -> list[Node]:
        node = fields[key]
        if not isinstance(node, SequenceNode):
            self.faults.add(self.place(node), f"'{key}' is a list; begin each of its items with '- '")
            return []
        return list(node.value)

    def cell(self, node: Node) -> str:
        """A cell of a lexicon row; a list is joined as the CSV files write one."""
        if isinstance(node, SequenceNode):
            return "|".join(str(part.value) for part in node.value)
        return str(node.value)
