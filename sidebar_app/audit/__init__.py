"""The tamper-evident log: canonical form of a record, hash chain, signed checkpoints. No input or output here."""
