"""What people think of a service: ratings with their questions, complaints and proposals."""
