"""Form pages: one look, errors where they belong, and every write through a service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crispy_forms.helper import FormHelper
from django import forms
from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic.edit import FormView

from config.lib.errors import AppError, Forbidden

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


DASHES = "---------"  # what the framework shows for "nothing chosen"


class DayInput(forms.DateInput):
    """The browser's own calendar. It understands ISO dates only, whatever the language."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class MomentInput(forms.DateTimeInput):
    """Date and time in the reader's time zone."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class ModusFormHelper(FormHelper):
    """crispy's helper of every form: the page owns the form tag, the token and the buttons."""

    form_tag = False
    disable_csrf = True
    error_text_inline = True
    form_show_errors = True
    include_media = False


def add_service_errors(form: BaseForm, error: AppError) -> None:
    """Put a service's refusal into ``form``: by field where it names one, else above the form."""
    unplaced = dict(error.fields)
    for name in list(unplaced):
        if name in form.fields:
            form.add_error(name, str(unplaced.pop(name)))
    for text in unplaced.values():
        form.add_error(None, str(text))
    if not error.fields:
        form.add_error(None, str(error.message))


class FormPage(FormView):  # type: ignore[type-arg]  # generic over any form
    """One form, one service.

    Subclasses set ``access`` (who may open), ``form_class``, ``title`` and write ``service(form)``.
    Any `AppError` except `Forbidden` returns to the form with everything typed, status 422.
    """

    template_name = "components/form_page.html"
    title: StrOrPromise = ""
    lead: StrOrPromise = ""
    submit_label: StrOrPromise = _("Save")
    success_message: StrOrPromise = ""
    success_url_name = ""
    cancel_url_name = ""
    result: object = None

    def service(self, form: Any) -> object:
        """Call the service with ``form.cleaned_data``; the answer is kept in ``self.result``."""
        raise NotImplementedError

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        _name_the_blank(form)
        return form

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            self.result = self.service(form)
        except Forbidden:
            raise
        except AppError as error:
            add_service_errors(form, error)
            return self.form_invalid(form)
        if self.success_message:
            messages.success(self.request, str(self.success_message))
        return super().form_valid(form)

    def form_invalid(self, form: Any) -> HttpResponse:
        response = super().form_invalid(form)
        response.status_code = 422
        return response

    def get_success_url(self) -> str:
        """Where the browser goes afterwards: the result's own page, or ``success_url_name``."""
        if self.success_url_name:
            return reverse(self.success_url_name)
        if self.result is not None and hasattr(self.result, "get_absolute_url"):
            return str(self.result.get_absolute_url())
        return super().get_success_url()

    def get_cancel_url(self) -> str:
        """Where "Cancel" leads; "" hides it."""
        return reverse(self.cancel_url_name) if self.cancel_url_name else ""

    def get_title(self) -> StrOrPromise:
        return self.title

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        form = context["form"]
        return context | {
            "title": self.get_title(),
            "lead": self.lead,
            "submit_label": self.submit_label,
            "cancel_url": self.get_cancel_url(),
            "helper": form_helper(form),
        }


def _name_the_blank(form: BaseForm) -> None:
    """Words instead of a row of dashes where nothing is chosen yet."""
    for field in form.fields.values():
        if not isinstance(field, forms.ChoiceField):
            continue
        # Translators: nothing is chosen in a list of a form, and nothing need be
        label = _("choose…") if field.required else _("not chosen")
        if isinstance(field, forms.ModelChoiceField):
            if field.empty_label == DASHES:
                field.empty_label = label
        elif list(field.widget.choices)[:1] == [("", DASHES)]:
            field.widget.choices = [("", label), *list(field.widget.choices)[1:]]


def form_helper(form: BaseForm) -> FormHelper:
    """The form's own helper made to fit the page, or the common one."""
    helper = getattr(form, "helper", None) or ModusFormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    helper.include_media = False
    # The page's own summary lists what concerns no single field.
    helper.form_show_errors = True
    return helper
