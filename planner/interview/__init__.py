"""Talking with the people around the table: questions as data, answers checked as given, the document written as a person would."""
