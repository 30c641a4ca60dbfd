"""From minutes to official records: hours, days, months and years, each by the rule of its medium, every change a revision."""
