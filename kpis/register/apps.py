from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


def install_vocabulary(**kwargs: object) -> None:
    """The vocabulary comes with the product: written after every migrate."""
    from kpis.register.vocabulary import vocabulary_install

    vocabulary_install()


class RegisterConfig(AppConfig):
    """Floor 6: sources, runs and the unified results register."""

    name = "kpis.register"
    label = "register"
    verbose_name = _("Results register")

    def ready(self) -> None:
        from kpis.register import (
            menu,  # noqa: F401  menu lines
            model_audit,  # noqa: F401  what the model audit learns
            policies,  # noqa: F401  declares the rights
            search,  # noqa: F401  global search
            wording,  # noqa: F401  names of actions
        )

        post_migrate.connect(install_vocabulary, sender=self, dispatch_uid="vocabulary")
