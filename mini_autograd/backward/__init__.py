"""Formulas longer than a line: functions on Tensors, made of ops."""
