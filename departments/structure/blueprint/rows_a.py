"""Direction A, placing information on channels: all its rows but the operational tasks."""

from departments.structure.blueprint.model import (
    CHOICE,
    Direction,
    Row,
    StaffRow,
)
from departments.structure.blueprint.wording import POSITION_WORKS_EN, POSITION_WORKS_RU

DIRECTION_A = Direction(
    "A",
    ru="Размещение информации на каналах",
    en="Placing information on channels",
    stages=(CHOICE,),
    audience_ru=(
        "Это направление работает с любыми пользователями информационных каналов, на которых "
        "размещаем информацию. Особое значение имеет фокусировка на уже сформированные группы, на "
        "группы с субкультурой, на группы с привычной культурой общения."
    ),
    audience_en=(
        "Any users of the information channels used. Special focus on groups already formed, on "
        "subcultures and on groups with habitual ways of talking."
    ),
    unit_codes=("A.U1", "A.U2", "A.U3"),
)

ROWS_A: tuple[Row, ...] = (
    Row(
        "A.T1",
        ru="Формирование имиджа. Устойчивые ассоциации, упоминания",
        en="Image: stable associations, mentions",
        works_ru="Имиджевые темы в контенте; упоминания и брендовые запросы в едином реестре",
        works_en="Image themes on content; mentions and brand queries in the register",
    ),
    Row(
        "A.T2",
        ru="Информирование о событиях рынка, брендов, торговых точек",
        en="Informing about events of the market, brands and outlets",
        works_ru="Календарь событий рынка, брендов и торговых точек питает контент-план",
        works_en="An event calendar (market, brand, outlet) feeding the content plan",
    ),
    Row(
        "A.T3",
        ru="Информирование о происходящем в направлениях В и С",
        en="Informing about what happens in directions B and C",
        works_ru=(
            "Программа, предложение, каталог или мероприятие направлений В и С сами открывают "
            "задание на контент в направлении А"
        ),
        works_en=(
            "A programme, offer, catalogue or outlet event of B or C opens a content brief in A by "
            "itself"
        ),
    ),
    Row(
        "A.U1",
        ru="Контент",
        en="Content",
        works_ru="Подразделение; ему принадлежат этапы поиска и подготовки контента",
        works_en="A unit; the searching and writing stages of the content pipeline belong to it",
    ),
    Row(
        "A.U2",
        ru="Оформление",
        en="Design",
        works_ru="Подразделение; ему принадлежат этапы оформления и адаптации контента",
        works_en="A unit; the design and adaptation stages of the content pipeline belong to it",
    ),
    Row(
        "A.U3",
        ru="Размещение",
        en="Placement",
        works_ru="Подразделение; ему принадлежат этапы размещения и контроля",
        works_en="A unit; the placement and control stages of the content pipeline belong to it",
    ),
    Row(
        "A.I1",
        ru="Рекламные страницы на своем сайте",
        en="Advertising pages on the company's own site",
        works_ru="Тип инфоканала с настоящей публикацией",
        works_en="A channel type with real publishing",
    ),
    Row(
        "A.I2",
        ru="Группы в соцсетях",
        en="Groups in social networks",
        works_ru="Тип инфоканала с настоящей публикацией и сверкой вышедшего",
        works_en="A channel type with real publishing and reading back",
    ),
    Row(
        "A.I3",
        ru="Страницы в соцсетях",
        en="Pages in social networks",
        works_ru="Тип инфоканала с настоящей публикацией и сверкой вышедшего",
        works_en="A channel type with real publishing and reading back",
    ),
    Row(
        "A.I4",
        ru="Рекламные банеры",
        en="Banners",
        works_ru="Тип инфоканала: периоды показа, размеры, стоимость, UTM-метки",
        works_en="A channel type: flights, sizes, cost, UTM",
    ),
    Row(
        "A.I5",
        ru="Аккаунты маркетплейсов",
        en="Marketplace accounts",
        works_ru="Тип инфоканала: карточки товаров, реклама, загрузка продаж",
        works_en="A channel type: product cards, ads, sales pulled in",
    ),
    Row(
        "A.R1",
        ru="Настроенный Google Analytics",
        en="Google Analytics, set up",
        works_ru="Подключение источника данных",
        works_en="A connector",
    ),
    Row(
        "A.R2",
        ru="Системы управления аналитикой инфоканалов",
        en="The channels' own analytics",
        works_ru="Подключения соцсетей и рекламных кабинетов",
        works_en="Connectors of each network and advertising account",
    ),
    Row(
        "A.R3",
        ru="Аналитика настроенная на своем сайте",
        en="Own-site analytics",
        works_ru="Подключения Яндекс Метрики и Matomo",
        works_en="Connectors for Yandex Metrika and Matomo",
    ),
    Row(
        "A.R4",
        ru="Аналитика обращений через CRM, телефонии, внутреннего учета",
        en="Enquiries through CRM, telephony and internal accounting",
        works_ru=(
            "Подключения CRM, АТС, 1С и файлов; все обращения сводятся в единую запись обращения"
        ),
        works_en="Connectors for CRM, PBX, 1C and files; every enquiry becomes one enquiry record",
    ),
    StaffRow(
        "A.S1",
        ru="Специалист по контенту + поддержка общения в сетях",
        en="Content specialist + conversation in networks",
        works_ru=POSITION_WORKS_RU,
        works_en=POSITION_WORKS_EN,
        unit_codes=("A.U1",),
    ),
    StaffRow(
        "A.S2",
        ru="Дизайнер-верстальщик + адаптация под требования размещения",
        en="Designer and layout artist + adaptation to placement requirements",
        works_ru=POSITION_WORKS_RU,
        works_en=POSITION_WORKS_EN,
        unit_codes=("A.U2",),
    ),
    StaffRow(
        "A.S3",
        ru="Специалист по размещению + основы SEO + основы SMM",
        en="Placement specialist + SEO and SMM basics",
        works_ru=POSITION_WORKS_RU,
        works_en=POSITION_WORKS_EN,
        unit_codes=("A.U3",),
    ),
)
