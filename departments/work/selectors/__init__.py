from departments.work.selectors.team import TeamToday, team_today

__all__ = ["TeamToday", "team_today"]
