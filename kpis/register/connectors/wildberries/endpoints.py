"""Where Wildberries is asked, as data: hosts are settings, paths and rates change several times a
year."""

from __future__ import annotations

from dataclasses import dataclass

from kpis.register.connectors.limits import Limit

STATISTICS = "base_url"
ADVERT = "advert_url"
HOSTS = {
    STATISTICS: "https://statistics-api.wildberries.ru",
    ADVERT: "https://advert-api.wildberries.ru",
}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """``host`` is the setting with the address; the rate is counted per seller and method."""

    host: str
    path: str
    requests: int
    seconds: int
    burst: int = 1

    def limit(self, name: str, seller: str, *, going_on: bool = False) -> Limit:
        """The vendor's rule for ``seller``; the next page of a slice is worth a whole pause."""
        return Limit(
            f"wildberries.{name}",
            self.requests,
            self.seconds,
            burst=self.burst,
            key=seller,
            patience=self.seconds + 5 if going_on else 0,
        )


ENDPOINTS = {
    "orders": Endpoint(STATISTICS, "api/v1/supplier/orders", 1, 60),
    "sales": Endpoint(STATISTICS, "api/v1/supplier/sales", 1, 60),
    "settlement": Endpoint(STATISTICS, "api/v5/supplier/reportDetailByPeriod", 1, 60),
    "fullstats": Endpoint(ADVERT, "adv/v3/fullstats", 1, 20),
    "campaigns": Endpoint(ADVERT, "adv/v1/promotion/count", 5, 1, 5),
    "spend": Endpoint(ADVERT, "adv/v1/upd", 1, 1, 5),
    "ping_statistics": Endpoint(STATISTICS, "ping", 3, 30, 3),
    "ping_advert": Endpoint(ADVERT, "ping", 3, 30, 3),
}
