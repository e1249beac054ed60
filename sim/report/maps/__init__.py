"""Maps of the province: areas of districts and regencies, what is drawn on them, and the figures."""
