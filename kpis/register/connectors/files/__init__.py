"""Files: a source that is fed by people. Reading is in `kpis.register.files`."""
