"""Daily reports: counts by age of the people who are not notified one by one (日次報告)."""
