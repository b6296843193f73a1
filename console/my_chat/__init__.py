"""The chats that a member of staff linked with their account."""
