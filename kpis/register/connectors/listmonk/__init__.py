"""listmonk: mailings with their totals, sizes of lists."""
