"""The calculation engine: formulas, periods, plans, forecasts and attainment on exact fractions.

Pure: it knows neither tables nor pages. Values are `Fraction`, or missing with a `Reason`.
"""
