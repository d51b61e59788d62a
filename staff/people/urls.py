"""Addresses of the staff, under ``/people/``."""

from django.urls import path

from staff.people.views import appointments, employees, positions

app_name = "people"
urlpatterns = [
    path("", employees.EmployeeList.as_view(), name="employee-list"),
    path("hire/", employees.EmployeeHire.as_view(), name="employee-hire"),
    path("<uuid:uid>/", employees.employee_detail, name="employee-detail"),
    path("<uuid:uid>/edit/", employees.EmployeeEdit.as_view(), name="employee-edit"),
    path("<uuid:uid>/leave/", employees.EmployeeLeave.as_view(), name="employee-leave"),
    path("<uuid:uid>/appoint/", appointments.AppointmentStart.as_view(), name="appointment-start"),
    path(
        "<uuid:uid>/appointments/<uuid:appointment>/end/",
        appointments.AppointmentEnd.as_view(),
        name="appointment-end",
    ),
    path("<uuid:uid>/absence/", appointments.AbsenceAdd.as_view(), name="absence-add"),
    path("absences/<uuid:uid>/cancel/", appointments.absence_remove, name="absence-cancel"),
    path("positions/", positions.PositionList.as_view(), name="position-list"),
    path("positions/new/", positions.PositionCreate.as_view(), name="position-create"),
    path("positions/<uuid:uid>/", positions.position_detail, name="position-detail"),
    path("positions/<uuid:uid>/edit/", positions.PositionEdit.as_view(), name="position-edit"),
]
