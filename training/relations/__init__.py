"""The relation model: own examples, network, training with cross-validation, export."""
