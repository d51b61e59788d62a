from staff.hiring.models.candidate import Candidate
from staff.hiring.models.vacancy import Vacancy

__all__ = ["Candidate", "Vacancy"]
