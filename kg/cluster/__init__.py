"""Extraction on a Dask cluster: batches of documents out to workers, shards back, to be stored by one writer in the order of the inputs.

A worker runs the same `Extractor` as a single process does. What it makes of a batch is a *shard*: the journal records of its
documents, with length and checksum. A shard comes back through the scheduler, or, where a folder that all share was named, is
written there whole or not at all, under a name made of the build and the documents: a batch that is done again, by whomever,
makes the same file, and what a run that was interrupted left there is used by the next.

Dask is imported here alone, and only when a cluster is asked for.
"""

from kg.cluster.run import PATIENCE, extract_shards

__all__ = ["PATIENCE", "extract_shards"]
