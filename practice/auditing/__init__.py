"""Whether the audit trail is as it was written: chain (pure), stored (where the rows are), anchors
(what is kept of it outside of the database), checking (all three together)."""
