from kpis.register.models.file_import import FileImport, MappingTemplate
from kpis.register.models.metric import Metric
from kpis.register.models.order import Order
from kpis.register.models.result import DailyTotal, Result, ResultRevision
from kpis.register.models.run import RawAnswer, Slice, SyncRun
from kpis.register.models.source import Source, Stream, StreamMetric
from kpis.register.models.subject import Subject

__all__ = [
    "DailyTotal",
    "FileImport",
    "MappingTemplate",
    "Metric",
    "Order",
    "RawAnswer",
    "Result",
    "ResultRevision",
    "Slice",
    "Source",
    "Stream",
    "StreamMetric",
    "Subject",
    "SyncRun",
]
