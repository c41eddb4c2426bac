"""The weekly summary: one view model, worded as HTML that holds its pictures and as plain text."""
