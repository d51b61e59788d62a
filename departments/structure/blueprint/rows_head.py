"""The head of department: goals, requirements, workforce and subordination."""

from departments.structure.blueprint.model import Row
from departments.structure.blueprint.rows_funds import FUND_ROWS
from departments.structure.blueprint.rows_ladder import LADDER_ROWS

ROWS_HEAD: tuple[Row, ...] = (
    Row(
        "H.G1",
        ru="Управление деятельностью работников для достижения стратегических целей компании",
        en="Managing the staff's activity to reach the company's strategic goals",
        works_ru="Дерево целей: от стратегической цели компании до задачи сотрудника",
        works_en="A goal tree from the strategic goal to a person's task",
    ),
    Row(
        "H.G2",
        ru="Оценка достижения через устойчивый набор объективно-проверяемых показателей",
        en="Achievement judged by a stable set of objectively verifiable indicators",
        works_ru="Показатели с версиями; происхождение каждой цифры видно до ответа источника",
        works_en="KPIs with versions, lineage to the source's answer",
    ),
    Row(
        "H.Q1",
        ru="Дробить стратегические цели компании на тактические цели отдела",
        en="Splitting the company's strategic goals into the department's tactical goals",
        works_ru="Страница разбивки целей",
        works_en="The decomposition page",
        note_ru="Умение делать это самостоятельно.",
        note_en="The skill to do it unaided.",
    ),
    Row(
        "H.Q2",
        ru="Разделять цели на задачи и составлять план-график исполнения",
        en="Splitting goals into tasks and a schedule",
        works_ru="План-график: диаграмма Ганта и календарь, исходный план",
        works_en="The plan: Gantt chart and calendar, baseline",
        note_ru="Умение делать это самостоятельно.",
        note_en="The skill to do it unaided.",
    ),
    Row(
        "H.Q3",
        ru="Достигать целей или своевременно корректировать их при внешних изменениях",
        en="Reaching goals, or correcting them in time when circumstances change",
        works_ru="Корректировка цели с датой и причиной; раннее предупреждение о цели под угрозой",
        works_en="Dated correction with a reason; early warning of a goal at risk",
    ),
    Row(
        "H.Q4",
        ru="Умение управлять отношениями внутри отдела",
        en="Managing relations inside the department",
        works_ru="Обсуждение задач с приложенными фактами",
        works_en="Comments on tasks with facts attached",
    ),
    Row(
        "H.Q5",
        ru="Умение управлять отношениями с клиентами",
        en="Managing relations with clients",
        works_ru="Обратная связь по реакциям клиентов",
        works_en="Feedback on clients' reactions",
    ),
    Row(
        "H.Q6",
        ru="Умение проявлять инициативу",
        en="Showing initiative",
        works_ru="Ящик инициатив: предложение, решение, результат",
        works_en="Initiatives box: proposal, decision, result",
    ),
    Row(
        "H.Q7",
        ru="Способность объяснять свою точку зрения без эмоций, на языке понятном собеседнику",
        en="Explaining one's view without emotion, in words the listener understands",
        works_ru="Комментарии с приложенными фактами: цифра, источник, период",
        works_en="Comments with facts attached: figure, source, period",
    ),
    Row(
        "H.Q8",
        ru="Ставить сохранение потенциала выше личной победы в споре",
        en="Putting kept potential above a personal win in an argument",
        works_ru="Спор решается по приложенным фактам и заканчивается записанным решением",
        works_en="A dispute is settled on the facts attached and ends in a recorded decision",
    ),
    Row(
        "H.W1",
        ru=(
            "Количество работников меняется по инициативе руководителя, но не превышает "
            "утвержденный ФОТ"
        ),
        en="Headcount is the head's initiative, within the approved payroll fund",
        works_ru="Проверка по ФОТ при каждом назначении и предложении о работе",
        works_en="A payroll check on every appointment and job offer",
    ),
    Row(
        "H.W2",
        ru="Отбор, собеседования, стажировка",
        en="Selection, interviews, internship",
        works_ru="Подбор по этапам: кандидат, собеседование, стажировка с наставником, заключение",
        works_en="The hiring pipeline with a mentor and a verdict",
        note_ru="Это обязанности руководителя отдела.",
        note_en="These are the head of department's duties.",
    ),
    Row(
        "H.W3",
        ru="Оценка эффективности работников на основе объективно-проверяемых показателей",
        en="Staff judged by objectively verifiable indicators",
        works_ru=(
            "Личная карта показателей, зафиксированные подтверждения, право оспорить показатель"
        ),
        works_en="Personal scorecard, frozen evidence, the right to dispute",
    ),
    Row(
        "H.W4",
        ru="Настройка и корректировка показателей руководителем",
        en="The head sets and corrects the indicators",
        works_ru="Набор показателей с версиями: дата начала действия и причина изменения",
        works_en="A versioned set with its effective date and reason",
    ),
    Row(
        "H.W5",
        ru="Уровень формализации: распоряжения письменно, если так принято",
        en="Formality: written directives where that is the rule",
        works_ru="Распоряжения с номером, ознакомлением и контролем",
        works_en="Directives with number, acknowledgement and control",
        note_ru=(
            "Уровень формализации внутри отдела и между отделами соответствует требованиям "
            "компании; правило действует для всех."
        ),
        note_en=(
            "Formality inside and between departments follows the company's rule, and the rule is "
            "the same for everyone."
        ),
    ),
    Row(
        "H.W6",
        ru="Организация дежурных исполнителей в роли помощников руководителя",
        en="Duty executors as the head's assistants",
        works_ru="График дежурств; права передаются на день дежурства",
        works_en="Duty roster; rights delegated for the duty day",
    ),
    Row(
        "H.W7",
        ru="Подготовка преемника на свою должность – постоянная деятельность",
        en="Preparing one's successor is constant work",
        works_ru="План подготовки преемника: готовность и регулярные встречи",
        works_en="Successor plan with readiness and regular reviews",
    ),
    *LADDER_ROWS,
    *FUND_ROWS,
    Row(
        "H.S1",
        ru="Руководитель отдела подчиняется непосредственно директору компании",
        en="The head reports directly to the company's director",
        works_ru="Роль директора, согласования",
        works_en="The director role, approvals",
    ),
    Row(
        "H.S2",
        ru="Руководителю подчиняются все работники отдела",
        en="All staff of the department report to the head",
        works_ru="Права доступа",
        works_en="Access rights",
    ),
)
