"""Pairs in raw sentences of PLV by cross-validation: `python -m training.relations.raw --plv FILE --folds DIR`.

Each sentence is extracted with the relation model of the fold that has not seen it; no pair is given. A pair is found if a statement's
ends overlap the annotated spans in the right direction, and right if its relation is the annotated one. PLV annotates about one pair
a sentence, so further statements are not errors; their number is told.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import dataclass
from pathlib import Path

from kg.model import Document, Participant
from kg.nlp.relations import RelationModel
from kg.pipeline import Extractor, Settings
from kg.read import document_id
from training.relations.evaluate import root_of
from training.relations.examples import Pair, read
from training.relations.export import export
from training.relations.train import FOLDS, folds_of


@dataclass(slots=True)
class Found:
    pairs: int = 0
    found: int = 0
    right: int = 0
    statements: int = 0

    def line(self, name: str) -> str:
        of = max(self.pairs, 1)
        return f"| {name} | {100 * self.found / of:.1f} | {100 * self.right / of:.1f} | {self.statements / of:.2f} | {self.pairs} |"


def overlaps(end: Participant, span: tuple[int, int]) -> bool:
    return end.span.begin < span[1] and span[0] < end.span.end


def search(extractor: Extractor, pair: Pair, found: Found) -> None:
    """Count what the extraction of a pair's sentence holds of the pair."""
    document = Document(document_id(pair.group, pair.text), pair.text, published="2019-06-01")
    statements = extractor.extract(document)
    own = [s for s in statements if s.target and overlaps(s.source, pair.source) and overlaps(s.target, pair.target)]
    found.pairs += 1
    found.statements += len(statements)
    found.found += bool(own)
    found.right += any(root_of(s.relation.code) == pair.relation for s in own)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plv", type=Path, required=True, help="pairs as training.relations.examples writes them")
    parser.add_argument("--folds", type=Path, help="folder with the checkpoints of the folds")
    parser.add_argument("--checkpoint", type=Path, help="one checkpoint that has seen no fold")
    parser.add_argument("--only", type=int, nargs="*", default=range(FOLDS))
    args = parser.parse_args()
    pairs = read(args.plv)
    fold = folds_of(pairs)
    print("| what | pair found | pair and root | statements a sentence | pairs |\n|---|---|---|---|---|")
    for actors in ("all", "known"):
        rules, both = Found(), Found()
        extractor = Extractor(Settings(actors=actors))
        for k in args.only:
            held = [p for p, f in zip(pairs, fold, strict=True) if f == k and p.source != (0, 0) and p.target != (0, 0)]
            with tempfile.TemporaryDirectory() as folder:
                export(args.checkpoint or args.folds / f"fold{k}.pt", Path(folder))
                for model, found in ((None, rules), (RelationModel.load(Path(folder)), both)):
                    extractor.relations = model
                    for pair in held:
                        search(extractor, pair, found)
        print(rules.line(f"rules alone, --actors {actors}"), both.line(f"rules and model, --actors {actors}"), sep="\n", flush=True)


if __name__ == "__main__":
    main()
