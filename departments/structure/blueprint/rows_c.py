"""Direction C, mailings and targeted events: all its rows but the operational tasks."""

from departments.structure.blueprint.model import (
    CHOICE,
    EVALUATION,
    Direction,
    Row,
    StaffRow,
)
from departments.structure.blueprint.wording import POSITION_WORKS_EN, POSITION_WORKS_RU

DIRECTION_C = Direction(
    "C",
    ru="Рассылки и адресные мероприятия",
    en="Mailings and targeted events",
    stages=(CHOICE, EVALUATION),
    audience_ru=(
        "Это направление работает с теми, кто идет на диалог. Те, кому важно общение, инициатива "
        "со стороны компании."
    ),
    audience_en="Those who go for dialogue, who value communication and the company's initiative.",
    unit_codes=("C.U1", "C.U2", "C.U3"),
)

ROWS_C: tuple[Row, ...] = (
    Row(
        "C.T1",
        ru="Рассылка для клиентских групп",
        en="Mailing to client groups",
        works_ru="Рассылки",
        works_en="Mailings",
    ),
    Row(
        "C.T2",
        ru="Распространение каталогов и адресных предложений",
        en="Distributing catalogues and personal offers",
        works_ru="Каталоги и адресные предложения",
        works_en="Catalogues and offers",
    ),
    Row(
        "C.T3",
        ru="Разработка адресных мероприятий в торговых точках",
        en="Targeted events in outlets",
        works_ru="Приглашения, регистрация, отметка гостей на входе",
        works_en="Invitations, registration, check-in",
    ),
    Row(
        "C.U1",
        ru="Рассылка, анализ обратной связи",
        en="Mailing and feedback",
        works_ru="Подразделение; ведёт рассылки и разбирает ответы клиентов",
        works_en="A unit; runs the mailings and works through the clients' replies",
    ),
    Row(
        "C.U2",
        ru="Создание каталогов",
        en="Catalogues",
        works_ru="Подразделение; собирает и верстает каталоги",
        works_en="A unit; puts the catalogues together and lays them out",
    ),
    Row(
        "C.U3",
        ru="Спец. предложения и поводы для посещений",
        en="Special offers and reasons to visit",
        works_ru="Подразделение; ведёт купоны, спецпредложения и адресные мероприятия",
        works_en="A unit; runs coupons, special offers and targeted events",
    ),
    Row(
        "C.I1",
        ru="Сервис рассылок",
        en="Mailing service",
        works_ru="Своя отправка через SMTP или внешний сервис рассылок",
        works_en="Own SMTP engine or an external mailer",
    ),
    Row(
        "C.I2",
        ru="Рассылка на своем сайте",
        en="Mailing on the company's own site",
        works_ru="Форма подписки, центр настроек подписки, веб-архив рассылок",
        works_en="Subscription form, preference centre, web archive",
    ),
    Row(
        "C.I3",
        ru="Каталоги",
        en="Catalogues",
        works_ru="Веб-страница и PDF для печати, версии",
        works_en="Web page and print PDF, versions",
    ),
    Row(
        "C.I4",
        ru="Купоны",
        en="Coupons",
        works_ru="Серии купонов на едином механизме кодов",
        works_en="Coupon series on the code engine",
    ),
    Row(
        "C.I5",
        ru="QR-коды",
        en="QR codes",
        works_ru=(
            "Короткие ссылки с учётом переходов и QR-коды для печати; сканирования попадают в "
            "единый реестр"
        ),
        works_en="Short tracked links and QR codes for print, with scans in the register",
    ),
    Row(
        "C.I6",
        ru="Личный кабинет на сайте",
        en="Personal account on the site",
        works_ru="Кабинет клиента",
        works_en="The client portal",
    ),
    Row(
        "C.I7",
        ru="Мобильное приложение",
        en="Mobile app",
        works_ru=(
            "Кабинет клиента, который ставится на телефон (PWA), и API для отдельного приложения"
        ),
        works_en="The portal as an installable PWA, and the API for a native app",
    ),
    Row(
        "C.R1",
        ru="Аналитика мэйлеров",
        en="Mailer analytics",
        works_ru="Подключения сервисов рассылок и собственный учёт открытий и переходов",
        works_en="Connectors of the mailers, and own tracking",
    ),
    Row(
        "C.R2",
        ru="Аналитика настроенная на своем сайте",
        en="Own-site analytics",
        works_ru="Визиты и заказы связываются с рассылками по UTM-меткам",
        works_en="Visits and orders are joined to mailings by UTM",
    ),
    Row(
        "C.R3",
        ru="Система учета купонов и QR-кодов",
        en="Coupon and QR accounting",
        works_ru="Журнал погашений передаётся в единый реестр",
        works_en="The redemption journal goes into the register",
    ),
    Row(
        "C.R4",
        ru="Аналитика обращений через CRM, телефонии, внутреннего учета",
        en="Enquiries through CRM, telephony and internal accounting",
        works_ru=(
            "Подключения CRM, АТС, 1С и файлов; все обращения сводятся в единую запись обращения"
        ),
        works_en="Connectors for CRM, PBX, 1C and files; every enquiry becomes one enquiry record",
    ),
    StaffRow(
        "C.S1",
        ru="Специалист по созданию каталогов + верстальщик",
        en="Catalogue specialist + layout",
        note_ru="Верстает и каталоги, и рассылки, поэтому работает в двух подразделениях.",
        note_en="Lays out catalogues and mailings alike, hence two units.",
        works_ru=POSITION_WORKS_RU,
        works_en=POSITION_WORKS_EN,
        unit_codes=("C.U2", "C.U1"),
    ),
    StaffRow(
        "C.S2",
        ru="Специалист по ведению рассылок + общение в соцсетях",
        en="Mailing specialist + conversation in social networks",
        works_ru=POSITION_WORKS_RU,
        works_en=POSITION_WORKS_EN,
        unit_codes=("C.U1",),
    ),
    StaffRow(
        "C.S3",
        ru="Технический специалист по работе с купонами, QR-кодами",
        en="Technical specialist for coupons and QR codes",
        works_ru=POSITION_WORKS_RU,
        works_en=POSITION_WORKS_EN,
        unit_codes=("C.U3",),
    ),
)
