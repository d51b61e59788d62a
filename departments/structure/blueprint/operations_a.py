"""Direction A, placing information on channels: operational tasks with their default schedule."""

from datetime import time

from departments.structure.blueprint.model import OperationRow
from departments.structure.blueprint.rhythm import daily, monthly, weekly

OPERATIONS_A: tuple[OperationRow, ...] = (
    OperationRow(
        "A.O1",
        ru="Анализ инфоканалов",
        en="Analysis of information channels",
        works_ru=(
            "Карточка инфоканала: аудитория, стоимость, результаты, вывод «оставить / проверить / "
            "отказаться»"
        ),
        works_en="Channel card: audience, cost, results, verdict keep / test / drop",
        staff_code="A.S3",
        unit_code="A.U3",
        rhythm=monthly(5),
        minutes=180,
        due_time=time(17),
        evidence_required=True,
        checklist_ru=(
            "По каждому действующему инфоканалу указаны аудитория, расход за месяц и результат из "
            "единого реестра. Для каждого сделан вывод: оставить, проверить или отказаться. К "
            "выводу приложена причина в цифрах."
        ),
        checklist_en=(
            "Every active channel shows its audience, last month's cost and its result from the "
            "register. Each has a verdict: keep, test or drop. The verdict gives its reason in "
            "figures."
        ),
    ),
    OperationRow(
        "A.O2",
        ru="Анализ событий рынка",
        en="Analysis of market events",
        works_ru="Календарь событий с оценкой важности и идеей использования",
        works_en="Event calendar with relevance and an idea of use",
        staff_code="A.S1",
        unit_code="A.U1",
        rhythm=weekly(1),
        minutes=60,
        due_time=time(12),
        evidence_required=False,
        checklist_ru=(
            "В календарь внесены события рынка, брендов и торговых точек на четыре недели вперёд. "
            "У каждого важного события есть идея, как его использовать. Неважные события отмечены, "
            "чтобы к ним не возвращаться."
        ),
        checklist_en=(
            "Events of the market, brands and outlets are in the calendar for four weeks ahead. "
            "Every relevant event has an idea of use. The irrelevant ones are marked so nobody "
            "returns to them."
        ),
    ),
    OperationRow(
        "A.O3",
        ru="Поиск контента",
        en="Search for content",
        works_ru="Доска идей с указанием источников",
        works_en="Idea board with sources",
        staff_code="A.S1",
        unit_code="A.U1",
        rhythm=daily(),
        minutes=40,
        due_time=time(11),
        evidence_required=False,
        checklist_ru=(
            "На доске не меньше трёх новых идей, у каждой указаны источник и клиентская группа. "
            "Права на чужие фото и тексты проверены. Повторов за последний месяц нет."
        ),
        checklist_en=(
            "At least three new ideas are on the board, each with its source and client group. The "
            "rights to other people's photos and texts are checked. Nothing repeats the last month."
        ),
    ),
    OperationRow(
        "A.O4",
        ru="Группировка контента в соответствии с группами клиентов",
        en="Grouping content by client groups",
        works_ru="Матрица «контент × клиентская группа», пробелы видны сразу",
        works_en="Content by client group matrix, gaps shown",
        staff_code="A.S1",
        unit_code="A.U1",
        rhythm=weekly(2),
        minutes=60,
        due_time=time(15),
        evidence_required=False,
        checklist_ru=(
            "Весь контент недели распределён по клиентским группам. У каждой основной группы есть "
            "хотя бы один материал. По оставшимся пробелам поставлены задачи."
        ),
        checklist_en=(
            "All content of the week is assigned to client groups. Every main group has at least "
            "one piece. The gaps that remain have become tasks."
        ),
    ),
    OperationRow(
        "A.O5",
        ru="Изменение и создание контента в соответствии с рекламными целями",
        en="Changing and creating content to advertising goals",
        works_ru="Основной текст с версиями, привязанный к цели",
        works_en="Master text with versions, linked to a goal",
        staff_code="A.S1",
        unit_code="A.U1",
        rhythm=daily(),
        minutes=150,
        due_time=time(16),
        evidence_required=True,
        checklist_ru=(
            "Основной текст написан и привязан к рекламной цели. Понятно, что читатель должен "
            "сделать, факты и цены проверены. Текст передан в оформление."
        ),
        checklist_en=(
            "The master text is written and linked to an advertising goal. The reader's next step "
            "is clear, facts and prices are checked. The text has gone to design."
        ),
    ),
    OperationRow(
        "A.O6",
        ru="Оформление контента в соответствии с корпоративным стилем",
        en="Design by the brand style",
        works_ru="Бренд-комплект, проверки, этап оформления",
        works_en="Brand kit, checks, design stage",
        staff_code="A.S2",
        unit_code="A.U2",
        rhythm=daily(),
        minutes=180,
        due_time=time(17),
        evidence_required=True,
        checklist_ru=(
            "Макет собран на фирменных цветах, шрифтах и логотипе. Текст на нём читается с "
            "телефона. Исходник и готовый файл приложены."
        ),
        checklist_en=(
            "The creative uses the brand's colours, typefaces and logo. Its text can be read on a "
            "phone. The source and the final file are attached."
        ),
    ),
    OperationRow(
        "A.O7",
        ru="Адаптация контента в соответствии с требованиями каналов",
        en="Adaptation to the channels' requirements",
        works_ru=(
            "Отдельный вариант для каждого инфоканала, проверенный по требованиям этого канала"
        ),
        works_en="One variant per channel, validated against the channel's requirement profile",
        staff_code="A.S2",
        unit_code="A.U2",
        rhythm=daily(),
        minutes=90,
        due_time=time(17, 30),
        evidence_required=True,
        checklist_ru=(
            "Для каждого инфоканала из графика на завтра есть свой вариант. Размер, длина текста и "
            "ссылки проходят проверку требований. Ошибок проверки не осталось."
        ),
        checklist_en=(
            "Every channel in tomorrow's schedule has its own variant. Size, text length and links "
            "pass the requirement check. No check is left red."
        ),
    ),
    OperationRow(
        "A.O8",
        ru="Размещение согласно графика",
        en="Placement by schedule",
        works_ru="Календарь, публикация в назначенное время",
        works_en="Calendar, publishing at the scheduled time",
        staff_code="A.S3",
        unit_code="A.U3",
        rhythm=daily(),
        minutes=60,
        due_time=time(11),
        evidence_required=True,
        checklist_ru=(
            "Всё, что стоит в графике на сегодня, вышло или поставлено на нужное время. Во всех "
            "ссылках есть UTM-метки. О переносах с причиной сообщено руководителю направления."
        ),
        checklist_en=(
            "All that is scheduled for today is out or set for its time. Every link carries UTM "
            "tags. Postponements and their reasons are known to the head of direction."
        ),
    ),
    OperationRow(
        "A.O9",
        ru="Контроль размещения",
        en="Control of placement",
        works_ru="Сверка вышедшего, проверка ссылок, подтверждения, брак размещения",
        works_en="Read-back, link checks, evidence, defects",
        staff_code="A.S3",
        unit_code="A.U3",
        rhythm=daily(),
        minutes=30,
        due_time=time(15),
        evidence_required=True,
        checklist_ru=(
            "Каждый выход открыт глазами читателя: текст, картинка и ссылка на месте. "
            "Подтверждение приложено. Брак размещения записан и передан на исправление в тот же "
            "день."
        ),
        checklist_en=(
            "Every publication was opened as a reader sees it: text, picture and link are there. "
            "Evidence is attached. Defects are recorded and sent for correction the same day."
        ),
    ),
    OperationRow(
        "A.O10",
        ru="Контроль реакций на размещение",
        en="Control of reactions to placements",
        works_ru="Входящие реакции со сроком ответа",
        works_en="Reactions inbox with a deadline of answer",
        staff_code="A.S1",
        unit_code="A.U1",
        rhythm=daily(),
        minutes=40,
        due_time=time(17),
        evidence_required=False,
        checklist_ru=(
            "На все вопросы и отзывы, поступившие до 16:00, дан ответ. Жалобы переданы "
            "ответственному, срок ответа записан. Тон ответов соответствует правилам бренда."
        ),
        checklist_en=(
            "Every question and comment received by 16:00 has an answer. Complaints have gone to "
            "the person responsible with a deadline. The tone follows the brand's rules."
        ),
    ),
    OperationRow(
        "A.O11",
        ru="Сбор результатов в единый реестр",
        en="Collecting results into one register",
        works_ru="Единый реестр результатов",
        works_en="The results register",
        staff_code="A.S3",
        unit_code="A.U3",
        rhythm=daily(),
        minutes=20,
        due_time=time(10, 30),
        evidence_required=False,
        checklist_ru=(
            "Вчерашние данные всех источников направления есть в едином реестре. Источники с "
            "ошибкой или без данных отмечены, ответственный знает. Ручной ввод сверен с кабинетом."
        ),
        checklist_en=(
            "Yesterday's figures of all the direction's sources are in the register. Sources that "
            "failed or gave nothing are marked and their owner knows. Manual entries are checked "
            "against the channel's own account."
        ),
    ),
    OperationRow(
        "A.O12",
        ru="Заполнение отчетов",
        en="Filling in reports",
        works_ru="Черновики отчётов заполняются из единого реестра",
        works_en="Report drafts filled from the register",
        staff_code="A.S3",
        unit_code="A.U3",
        rhythm=weekly(5),
        minutes=60,
        due_time=time(16),
        evidence_required=True,
        checklist_ru=(
            "Отчёт за неделю заполнен из единого реестра, план и факт стоят рядом. У каждого "
            "заметного отклонения есть причина. Предложено, что изменить на следующей неделе."
        ),
        checklist_en=(
            "The week's report is filled from the register, plan beside fact. Every notable "
            "variance has its reason. It proposes what to change next week."
        ),
    ),
)
