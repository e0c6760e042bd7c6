"""A Django site as people make one for their leads: its admin, and django-import-export."""
