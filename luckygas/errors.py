"""The business said no."""

from django.utils.functional import Promise


class Refused(Exception):
    """A verb refused. `sentence` is for the person: what is wrong and what to do; nothing was changed.

    `field` names the form field the sentence belongs to, empty for the whole form.
    `code` is stable for machines and tests.
    """

    def __init__(self, sentence: str | Promise, *, field: str = "", code: str = "refused") -> None:
        super().__init__(str(sentence))
        self.sentence, self.field, self.code = sentence, field, code
