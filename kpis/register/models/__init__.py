from kpis.register.models.enquiry import Enquiry, Touch
from kpis.register.models.file_import import FileImport, MappingTemplate
from kpis.register.models.gate import Gate, GateOfSource, GatePass, SourceToken
from kpis.register.models.level import Level
from kpis.register.models.mail_event import MailEvent
from kpis.register.models.metric import Metric
from kpis.register.models.order import Order, OrderRevision, Refund
from kpis.register.models.reconciliation import Reconciliation
from kpis.register.models.result import DailyTotal, Result, ResultRevision
from kpis.register.models.run import RawAnswer, Slice, SyncRun
from kpis.register.models.source import Source, Stream, StreamMetric
from kpis.register.models.subject import Subject, SubjectOwner
from kpis.register.models.whole import WholeFigure

__all__ = [
    "DailyTotal",
    "Enquiry",
    "FileImport",
    "Gate",
    "GateOfSource",
    "GatePass",
    "Level",
    "MailEvent",
    "MappingTemplate",
    "Metric",
    "Order",
    "OrderRevision",
    "RawAnswer",
    "Reconciliation",
    "Refund",
    "Result",
    "ResultRevision",
    "Slice",
    "Source",
    "SourceToken",
    "Stream",
    "StreamMetric",
    "Subject",
    "SubjectOwner",
    "SyncRun",
    "Touch",
    "WholeFigure",
]
