"""Reports: figures, tables and findings in words."""
