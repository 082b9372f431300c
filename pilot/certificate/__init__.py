"""May we go live? Computed from what ran and from what answers now, never ticked by hand.

`criteria` says what is wanted, `judging` compares it with runs and answers, `assessment` asks for both, `facts` is
what page, paper, Markdown and JSON all show. `suites` and `running` make evidence.
"""
