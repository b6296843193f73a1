"""The catalogue's editor: find a procedure, see it as citizens do, edit, try, publish, go back; reports of errors."""
