"""Google Analytics 4: reports of one property through the Data API."""
