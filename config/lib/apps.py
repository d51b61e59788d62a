from django.apps import AppConfig


class LibConfig(AppConfig):
    """Floor 0: tools without a domain."""

    name = "config.lib"
    label = "lib"

    def ready(self) -> None:
        from config.lib import checks  # noqa: F401  registers the system checks
