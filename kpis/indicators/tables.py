"""The register's rows behind a figure."""

from kpis.register.tables_results import ResultTable


class FigureRows(ResultTable):
    """Rows of one metric: its name stands in the heading."""

    metric = None

    class Meta(ResultTable.Meta):
        pass
