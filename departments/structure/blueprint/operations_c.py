"""Direction C, mailings and targeted events: operational tasks with their default schedule."""

from datetime import time

from departments.structure.blueprint.model import OperationRow
from departments.structure.blueprint.rhythm import daily, monthly, on_event, weekly

OPERATIONS_C: tuple[OperationRow, ...] = (
    OperationRow(
        "C.O1",
        ru="Формирование и коррекция клиентских групп",
        en="Forming and correcting client groups",
        works_ru="Группы по списку и по правилам, живая численность, история состава",
        works_en="Static and rule-based groups, live count, membership history",
        note_ru="Группы общие с направлением В (B.O1).",
        note_en="The groups are shared with direction B (B.O1).",
        staff_code="C.S2",
        unit_code="C.U1",
        rhythm=weekly(1),
        minutes=60,
        due_time=time(11),
        evidence_required=False,
        checklist_ru=(
            "Для рассылок недели выбраны группы, получатели без согласия и стоп-лист исключены. "
            "Новые подписчики распределены по группам. Вопросы по составу групп согласованы с "
            "направлением В."
        ),
        checklist_en=(
            "The groups for the week's mailings are chosen; those without consent and the stop "
            "list are excluded. New subscribers are assigned to groups. Questions on membership "
            "are settled with direction B."
        ),
    ),
    OperationRow(
        "C.O2",
        ru="Поиск контента для рассылок",
        en="Search for mailing content",
        works_ru="Доска идей — общая или своя",
        works_en="Idea board, shared or own",
        staff_code="C.S2",
        unit_code="C.U1",
        rhythm=daily(),
        minutes=30,
        due_time=time(11, 30),
        evidence_required=False,
        checklist_ru=(
            "Найден хотя бы один повод написать клиентам: новость, предложение, совет, событие. "
            "Указаны источник и клиентская группа. Повод не повторяет рассылки последнего месяца."
        ),
        checklist_en=(
            "At least one reason to write to clients is found: news, an offer, advice, an event. "
            "It has its source and client group. It does not repeat last month's mailings."
        ),
    ),
    OperationRow(
        "C.O3",
        ru="Создание контента для рассылок",
        en="Creating mailing content",
        works_ru="Шаблоны, блоки, переменные",
        works_en="Templates, blocks, variables",
        staff_code="C.S2",
        unit_code="C.U1",
        rhythm=weekly(2),
        minutes=180,
        due_time=time(17),
        evidence_required=True,
        checklist_ru=(
            "Готовы тема, первая строка и текст с одним главным действием. Персональные поля "
            "заполняются и для клиентов, у которых данных нет. Цены, сроки и условия проверены."
        ),
        checklist_en=(
            "Subject, preview line and text with one main action are ready. Personal fields also "
            "read well for clients with no data. Prices, dates and terms are checked."
        ),
    ),
    OperationRow(
        "C.O4",
        ru=(
            "Оформление контента в соответствии с корпоративным стилем и техническими требованиями "
            "рассылочных систем"
        ),
        en="Design by the brand style and the mailers' technical requirements",
        works_ru=(
            "Бренд-комплект, MJML, проверка письма: размер, ссылки, картинки, текстовая версия"
        ),
        works_en="Brand kit, MJML, checks of size, links, images and plain text",
        staff_code="C.S1",
        unit_code="C.U1",
        rhythm=weekly(3),
        minutes=180,
        due_time=time(17),
        evidence_required=True,
        checklist_ru=(
            "Письмо собрано в фирменном стиле и проходит проверку размера, ссылок, картинок и "
            "текстовой версии. Тестовое письмо открыто на телефоне и компьютере. Ссылка отписки "
            "работает."
        ),
        checklist_en=(
            "The message is in the brand style and passes the checks of size, links, images and "
            "plain text. A test message was opened on a phone and a computer. The unsubscribe link "
            "works."
        ),
    ),
    OperationRow(
        "C.O5",
        ru="Анализ реакции на сообщения рассылок",
        en="Analysis of reactions to mailings",
        works_ru="Ответы, переходы, отписки, жалобы",
        works_en="Replies, clicks, unsubscribes, complaints",
        staff_code="C.S2",
        unit_code="C.U1",
        rhythm=daily(),
        minutes=45,
        due_time=time(12),
        evidence_required=False,
        checklist_ru=(
            "На ответы клиентов дан ответ или назначен ответственный. Отписки и жалобы за вчера "
            "проверены, причина роста записана. Удачные темы и предложения отмечены для повтора."
        ),
        checklist_en=(
            "Clients' replies are answered or given to a person responsible. Yesterday's "
            "unsubscribes and complaints are checked, a rise has its reason. Subjects and offers "
            "that worked are marked for reuse."
        ),
    ),
    OperationRow(
        "C.O6",
        ru="Создание каталогов предложений для клиентских групп",
        en="Catalogues of offers for client groups",
        works_ru="Конструктор каталогов",
        works_en="Catalogue builder",
        staff_code="C.S1",
        unit_code="C.U2",
        rhythm=monthly(20),
        minutes=480,
        due_time=time(17),
        evidence_required=True,
        checklist_ru=(
            "Каталог собран для названной клиентской группы, остатки и цены проверены на дату "
            "выхода. Веб-версия и PDF для печати готовы. У каждого предложения есть ссылка или "
            "QR-код с учётом переходов."
        ),
        checklist_en=(
            "The catalogue is made for a named client group; stock and prices are checked for the "
            "date of issue. The web version and the print PDF are ready. Every offer has a tracked "
            "link or QR code."
        ),
    ),
    OperationRow(
        "C.O7",
        ru="Распространение каталогов в клиентских группах",
        en="Distributing catalogues in client groups",
        works_ru="Распространение письмом, ссылкой и печатным тиражом с учётом количества",
        works_en="Distribution by mail, link and print, with counts",
        staff_code="C.S2",
        unit_code="C.U1",
        rhythm=monthly(25),
        minutes=120,
        due_time=time(15),
        evidence_required=True,
        checklist_ru=(
            "Каталог отправлен группе, для которой сделан, и выложен по ссылке. Печатные "
            "экземпляры переданы в торговые точки, количество записано. Указана дата, когда "
            "считаем результат."
        ),
        checklist_en=(
            "The catalogue has gone to the group it was made for and is published by link. Printed "
            "copies are with the outlets and counted. The date to measure the result is set."
        ),
    ),
    OperationRow(
        "C.O8",
        ru="Создание купонов для товарных групп",
        en="Coupons for product groups",
        works_ru="Серии купонов, привязанные к товарным группам",
        works_en="Series bound to product groups",
        staff_code="C.S3",
        unit_code="C.U3",
        rhythm=weekly(1),
        minutes=90,
        due_time=time(16),
        evidence_required=True,
        checklist_ru=(
            "Серия привязана к товарной группе, заданы скидка, срок и лимит. Скидка не уводит "
            "товар ниже допустимой наценки. Пробный купон погашен и отменён."
        ),
        checklist_en=(
            "The series is bound to a product group with discount, dates and limit. The discount "
            "keeps the product above the lowest allowed margin. A test coupon was redeemed and "
            "cancelled."
        ),
    ),
    OperationRow(
        "C.O9",
        ru="Внедрение купонов в торговые операции",
        en="Coupons in trading operations",
        works_ru="Экран кассира, API погашения",
        works_en="Till screen, redemption API",
        staff_code="C.S3",
        unit_code="C.U3",
        rhythm=on_event(2),
        minutes=120,
        due_time=time(12),
        evidence_required=True,
        trigger_ru="Серия купонов согласована",
        trigger_en="A coupon series is approved",
        checklist_ru=(
            "Касса каждой торговой точки принимает купон и отказывает в повторном погашении. "
            "Кассиры знают условия и что делать при отказе. Пробная продажа с купоном прошла."
        ),
        checklist_en=(
            "The till of every outlet accepts the coupon and refuses a second redemption. Cashiers "
            "know the terms and what to do on a refusal. A test sale with a coupon went through."
        ),
    ),
    OperationRow(
        "C.O10",
        ru="Анализ результатов использования купонов",
        en="Analysis of coupon use",
        works_ru="Доля погашений по серии, ROMI, дополнительные продажи",
        works_en="Series redemption rate, ROMI, incremental sales",
        staff_code="C.S3",
        unit_code="C.U3",
        rhythm=weekly(4),
        minutes=90,
        due_time=time(15),
        evidence_required=False,
        checklist_ru=(
            "По каждой действующей серии посчитаны доля погашений, доход и ROMI. Отделены покупки, "
            "которые были бы и без купона, или указано, что данных недостаточно. Серии с убытком "
            "вынесены на решение."
        ),
        checklist_en=(
            "Redemption rate, revenue and ROMI are calculated for every running series. Purchases "
            "that would have happened anyway are separated, or the data is said to be too few. "
            "Series at a loss are put up for decision."
        ),
    ),
    OperationRow(
        "C.O11",
        ru="Составление отчетов",
        en="Reports",
        works_ru="Отчёты из единого реестра",
        works_en="Reports from the register",
        staff_code="C.S2",
        unit_code="C.U1",
        rhythm=weekly(5),
        minutes=60,
        due_time=time(16),
        evidence_required=True,
        checklist_ru=(
            "Отчёт за неделю по рассылкам, каталогам и купонам заполнен из единого реестра. План и "
            "факт стоят рядом, отклонения объяснены. Указано, что меняем в следующей рассылке."
        ),
        checklist_en=(
            "The week's report on mailings, catalogues and coupons is filled from the register. "
            "Plan stands beside fact, variances are explained. It says what changes in the next "
            "mailing."
        ),
    ),
)
