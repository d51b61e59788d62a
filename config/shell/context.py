"""What every page needs: navigation, unread news, company brand."""

from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, object]:
    return {}
