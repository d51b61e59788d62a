from client_programs.models.client_group import ClientGroup
from client_programs.models.programme import Programme

__all__ = ["ClientGroup", "Programme"]
