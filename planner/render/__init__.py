"""Plans and answers as text; nothing here chooses or prices."""
