"""Any service that answers with JSON: a source described in the interface."""
