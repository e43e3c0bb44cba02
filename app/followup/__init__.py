"""Daily health of cases and contacts: 健康観察."""
