"""Counter mode: what waits, a dossier by its code, one-click reminders, tasks, QR slips."""
