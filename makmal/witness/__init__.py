"""A witness: a small program on an auditor's own machine that cosigns checkpoints of logs which never contradict themselves.

It needs nothing of Makmal but the formats in `shared/transparency`, and keeps one small file per log.
"""
