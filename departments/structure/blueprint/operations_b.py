"""Direction B, client programmes: operational tasks with their default schedule."""

from datetime import time

from departments.structure.blueprint.model import OperationRow
from departments.structure.blueprint.rhythm import (
    daily,
    last_working_day_of_month,
    monthly,
    on_event,
    quarterly,
    weekly,
)

OPERATIONS_B: tuple[OperationRow, ...] = (
    OperationRow(
        "B.O1",
        ru="Формирование и коррекция клиентских групп",
        en="Forming and correcting client groups",
        works_ru="Группы по списку и по правилам, живая численность, история состава",
        works_en="Static and rule-based groups, live count, membership history",
        note_ru="Группы общие с направлением С (C.O1).",
        note_en="The groups are shared with direction C (C.O1).",
        staff_code="B.S1",
        unit_code="B.U1",
        rhythm=weekly(1),
        minutes=90,
        due_time=time(12),
        evidence_required=False,
        checklist_ru=(
            "Правила каждой группы проверены, численность обновлена. Пустые и пересекающиеся "
            "группы исправлены или закрыты. Об изменениях знают направления А и С."
        ),
        checklist_en=(
            "The rules of every group are checked and the counts are fresh. Empty and overlapping "
            "groups are corrected or closed. Directions A and C know what changed."
        ),
    ),
    OperationRow(
        "B.O2",
        ru="Анализ влиятельных ресурсов и людей",
        en="Analysis of influential resources and people",
        works_ru="Реестр влиятельных людей и ресурсов с журналом контактов",
        works_en="Influence register with a contacts log",
        staff_code="B.S3",
        unit_code="B.U3",
        rhythm=monthly(10),
        minutes=180,
        due_time=time(17),
        evidence_required=True,
        checklist_ru=(
            "В реестре обновлены аудитория, интересы и последний контакт каждого влиятельного "
            "человека. Отобраны трое, с кем работаем в этом месяце. Для каждого записан следующий "
            "шаг и срок."
        ),
        checklist_en=(
            "Audience, interests and the last contact of every influential person are up to date "
            "in the register. Three are chosen for this month. Each has a next step with a date."
        ),
    ),
    OperationRow(
        "B.O3",
        ru="Анализ важных событий организованных групп",
        en="Analysis of important events of organised groups",
        works_ru="Календарь событий групп",
        works_en="Calendar of the groups' events",
        staff_code="B.S3",
        unit_code="B.U3",
        rhythm=weekly(2),
        minutes=60,
        due_time=time(15),
        evidence_required=False,
        checklist_ru=(
            "В календаре есть события организованных групп на три месяца вперёд. Для важных "
            "решено: участвуем, приглашаем к себе или пропускаем. У участия есть ответственный и "
            "оценка расхода."
        ),
        checklist_en=(
            "The organised groups' events are in the calendar for three months ahead. For those "
            "that matter it is decided: take part, invite or skip. Taking part has a person "
            "responsible and a cost estimate."
        ),
    ),
    OperationRow(
        "B.O4",
        ru="Поиск перспективных клиентских программ для примера и основы",
        en="Search for promising programmes as examples and a basis",
        works_ru="Библиотека примеров с источником и выводами",
        works_en="Example library with source and takeaways",
        staff_code="B.S1",
        unit_code="B.U1",
        rhythm=weekly(3),
        minutes=90,
        due_time=time(17),
        evidence_required=False,
        checklist_ru=(
            "В библиотеку добавлена хотя бы одна программа с указанием источника. Записано, что в "
            "ней работает и почему. Отмечено, какой нашей клиентской группе она подойдёт."
        ),
        checklist_en=(
            "At least one programme with its source is added to the library. It says what works in "
            "it and why. The client group of ours that it would suit is marked."
        ),
    ),
    OperationRow(
        "B.O5",
        ru="Адаптация программ",
        en="Adapting programmes",
        works_ru="Из примера — черновик программы с экономикой",
        works_en="From an example to a draft programme with its economics",
        staff_code="B.S1",
        unit_code="B.U1",
        rhythm=quarterly(1, 20),
        minutes=480,
        due_time=time(17),
        evidence_required=True,
        checklist_ru=(
            "Подготовлен черновик программы: клиентская группа, условия, механика, срок. Посчитана "
            "экономика — расходы, ожидаемый доход и точка безубыточности. Черновик передан "
            "руководителю на согласование."
        ),
        checklist_en=(
            "A draft programme is ready: client group, terms, mechanics, dates. Its economics is "
            "calculated: cost, expected revenue and break-even. The draft is with the head for "
            "approval."
        ),
    ),
    OperationRow(
        "B.O6",
        ru="Разработка документации, инструкций",
        en="Documentation and instructions",
        works_ru="Документы с версиями и отметкой об ознакомлении",
        works_en="Versioned documents with acknowledgement",
        staff_code="B.S1",
        unit_code="B.U1",
        rhythm=on_event(3),
        minutes=240,
        due_time=time(17),
        evidence_required=True,
        trigger_ru="Программа утверждена",
        trigger_en="A programme is approved",
        checklist_ru=(
            "Готовы правила для клиента и инструкция для персонала на одну страницу. В инструкции "
            "разобраны спорные случаи на кассе. Документы согласованы и выложены в действующей "
            "версии."
        ),
        checklist_en=(
            "The client's rules and a one-page instruction for the staff are ready. The "
            "instruction settles the doubtful cases at the till. The documents are approved and "
            "published in their current version."
        ),
    ),
    OperationRow(
        "B.O7",
        ru="Проведение обучения с персоналом перед внедрением",
        en="Training the staff before roll-out",
        works_ru="План обучения, посещаемость, тест; без обучения внедрение не начинается",
        works_en="Training plan, attendance, test; roll-out is blocked until the staff is trained",
        staff_code="B.S2",
        unit_code="B.U2",
        rhythm=on_event(5),
        minutes=180,
        due_time=time(17),
        evidence_required=True,
        trigger_ru="Документы программы согласованы",
        trigger_en="A programme's documents are approved",
        checklist_ru=(
            "Обучены все, кто будет работать с программой в торговой точке. Тест сдан, "
            "отсутствовавшие назначены на другой день. Список участников приложен."
        ),
        checklist_en=(
            "Everyone who will work with the programme at the outlet is trained. The test is "
            "passed, those absent have another date. The attendance list is attached."
        ),
    ),
    OperationRow(
        "B.O8",
        ru="Внедрение",
        en="Roll-out",
        works_ru="Чек-лист по каждой торговой точке",
        works_en="A checklist outlet by outlet",
        staff_code="B.S2",
        unit_code="B.U2",
        rhythm=on_event(3),
        minutes=240,
        due_time=time(12),
        evidence_required=True,
        trigger_ru="Персонал обучен, назначена дата запуска",
        trigger_en="The staff is trained and the start date is set",
        checklist_ru=(
            "В каждой торговой точке пройден чек-лист: касса принимает код, материалы на месте, "
            "персонал знает условия. Пробная покупка прошла. Точки, где запуск отложен, названы с "
            "причиной."
        ),
        checklist_en=(
            "The checklist is complete at every outlet: the till accepts the code, the materials "
            "are in place, the staff knows the terms. A test purchase went through. Outlets with a "
            "delayed start are named with the reason."
        ),
    ),
    OperationRow(
        "B.O9",
        ru="Контроль исполнения",
        en="Control of execution",
        works_ru="Проверки в торговых точках с подтверждением",
        works_en="Checks at outlets with evidence",
        staff_code="B.S2",
        unit_code="B.U2",
        rhythm=daily(),
        minutes=60,
        due_time=time(16),
        evidence_required=True,
        checklist_ru=(
            "Проверена хотя бы одна торговая точка и журнал погашений за вчера. К проверке "
            "приложено фото или ссылка. По каждому нарушению есть ответственный и срок."
        ),
        checklist_en=(
            "At least one outlet and yesterday's redemption journal are checked. A photo or a link "
            "is attached. Every violation has a person responsible and a deadline."
        ),
    ),
    OperationRow(
        "B.O10",
        ru="Формирование отчетов",
        en="Reports",
        works_ru="Отчёты из единого реестра",
        works_en="Reports from the register",
        staff_code="B.S2",
        unit_code="B.U2",
        rhythm=last_working_day_of_month(),
        minutes=120,
        due_time=time(17),
        evidence_required=True,
        checklist_ru=(
            "По каждой действующей программе показаны участники, погашения, доход и расход из "
            "единого реестра. План сопоставлен с фактом. Названы программы, которые надо менять "
            "или закрывать."
        ),
        checklist_en=(
            "Every running programme shows participants, redemptions, revenue and cost from the "
            "register. Plan is set against fact. The programmes to change or close are named."
        ),
    ),
    OperationRow(
        "B.O11",
        ru="Выводы и архивирование",
        en="Conclusions and archive",
        works_ru="Форма закрытия программы; архив с поиском",
        works_en="Closing form; searchable archive",
        staff_code="B.S1",
        unit_code="B.U1",
        rhythm=on_event(5),
        minutes=120,
        due_time=time(17),
        evidence_required=True,
        trigger_ru="Программа завершена",
        trigger_en="A programme has ended",
        checklist_ru=(
            "В форме закрытия указаны результат против плана и три вывода: что повторить, что "
            "изменить, чего не делать. Коды и материалы программы отключены. Программа лежит в "
            "архиве и находится поиском."
        ),
        checklist_en=(
            "The closing form gives the result against the plan and three conclusions: what to "
            "repeat, to change and to avoid. The programme's codes and materials are switched off. "
            "It is in the archive and can be found by search."
        ),
    ),
)
