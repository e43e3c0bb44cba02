"""Data people can trust: rules, the queue of what they find, questions, indicators (精度管理)."""
