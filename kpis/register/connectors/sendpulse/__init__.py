"""SendPulse: mailings with their totals, sizes of lists."""
