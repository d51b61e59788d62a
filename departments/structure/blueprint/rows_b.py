"""Direction B, client programmes: all its rows but the operational tasks."""

from departments.structure.blueprint.model import (
    EVALUATION,
    Direction,
    Row,
    StaffRow,
)
from departments.structure.blueprint.wording import POSITION_WORKS_EN, POSITION_WORKS_RU

DIRECTION_B = Direction(
    "B",
    ru="Клиентские программы",
    en="Client programmes",
    stages=(EVALUATION,),
    audience_ru="Это направление работает с теми, кто покупал, покупает или собирается покупать.",
    audience_en="Those who bought, buy or are going to buy.",
    unit_codes=("B.U1", "B.U2", "B.U3"),
)

ROWS_B: tuple[Row, ...] = (
    Row(
        "B.T1",
        ru="Разработка программ для клиентских групп",
        en="Developing programmes for client groups",
        works_ru="Жизненный цикл программы: от идеи до архива",
        works_en="The programme life cycle, from idea to archive",
    ),
    Row(
        "B.T2",
        ru="Интеграция программ в кросс-маркетинговых взаимодействиях (совместные акции)",
        en="Joint promotions with partners",
        works_ru="Партнёры, общие промо-коды, взаиморасчёты по каждому партнёру",
        works_en="Partners, shared codes, settlement per partner",
    ),
    Row(
        "B.T3",
        ru="Разработка мероприятий и участие в мероприятиях крупного скопления клиентских групп",
        en="Own events and presence at large gatherings of client groups",
        works_ru="Мероприятия с бюджетом, планом и результатом",
        works_en="Events with budget, plan and result",
    ),
    Row(
        "B.U1",
        ru="Разработка программ",
        en="Programme development",
        works_ru="Подразделение; ведёт программу от примера до утверждённых документов",
        works_en="A unit; takes a programme from an example to approved documents",
    ),
    Row(
        "B.U2",
        ru="Внедрение и контроль исполнения",
        en="Roll-out and control",
        works_ru="Подразделение; обучает персонал, внедряет программу и проверяет торговые точки",
        works_en="A unit; trains the staff, rolls the programme out and checks the outlets",
    ),
    Row(
        "B.U3",
        ru="Работа с влиятельными группами",
        en="Work with influential groups",
        works_ru="Подразделение; ведёт реестр влиятельных людей и события групп",
        works_en="A unit; keeps the influence register and the groups' events",
    ),
    Row(
        "B.I1",
        ru="Клиентские карты",
        en="Client cards",
        works_ru="Карты с номером, QR-кодом и штрихкодом, уровни, журнал баллов",
        works_en="Cards with number, QR and barcode, tiers, points ledger",
    ),
    Row(
        "B.I2",
        ru="Промо-коды",
        en="Promo codes",
        works_ru="Серии, лимиты; один код нельзя погасить дважды",
        works_en="Series, limits, atomic redemption",
    ),
    Row(
        "B.I3",
        ru="QR-коды",
        en="QR codes",
        works_ru=(
            "Короткие ссылки с учётом переходов и QR-коды для печати; сканирования попадают в "
            "единый реестр"
        ),
        works_en="Short tracked links and QR codes for print, with scans in the register",
    ),
    Row(
        "B.I4",
        ru="Личный кабинет на сайте",
        en="Personal account on the site",
        works_ru="Кабинет клиента",
        works_en="The client portal",
    ),
    Row(
        "B.I5",
        ru="Мобильное приложение",
        en="Mobile app",
        works_ru=(
            "Кабинет клиента, который ставится на телефон (PWA), и API для отдельного приложения"
        ),
        works_en="The portal as an installable PWA, and the API for a native app",
    ),
    Row(
        "B.R1",
        ru="Аналитика настроенная на своем сайте",
        en="Own-site analytics",
        works_ru="Подключения Яндекс Метрики и Matomo",
        works_en="Connectors for Yandex Metrika and Matomo",
    ),
    Row(
        "B.R2",
        ru="Аналитика обращений через CRM, телефонии, внутреннего учета",
        en="Enquiries through CRM, telephony and internal accounting",
        works_ru=(
            "Подключения CRM, АТС, 1С и файлов; все обращения сводятся в единую запись обращения"
        ),
        works_en="Connectors for CRM, PBX, 1C and files; every enquiry becomes one enquiry record",
    ),
    StaffRow(
        "B.S1",
        ru="Специалист по разработке клиентских программ",
        en="Client programme developer",
        works_ru=POSITION_WORKS_RU,
        works_en=POSITION_WORKS_EN,
        unit_codes=("B.U1",),
    ),
    StaffRow(
        "B.S2",
        ru="Специалист по внедрению + координатор с программистами",
        en="Roll-out specialist + coordinator with programmers",
        works_ru=POSITION_WORKS_RU,
        works_en=POSITION_WORKS_EN,
        unit_codes=("B.U2",),
    ),
    StaffRow(
        "B.S3",
        ru="Лоббист. Специалист по отношениям с влиятельными людьми рынка",
        en="Lobbyist: relations with influential people of the market",
        works_ru=POSITION_WORKS_RU,
        works_en=POSITION_WORKS_EN,
        unit_codes=("B.U3",),
    ),
)
