"""The province: data tables, roads and travel times, calendar."""
