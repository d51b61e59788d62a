"""Mail services that report every letter by themselves; read through django-anymail."""
