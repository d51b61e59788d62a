from staff.people.models.absence import Absence
from staff.people.models.appointment import Appointment
from staff.people.models.employee import Employee
from staff.people.models.position import Position

__all__ = ["Absence", "Appointment", "Employee", "Position"]
