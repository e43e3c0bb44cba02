"""Workbooks for supervisors: figures and lists, asked for, made in the background, checked."""
