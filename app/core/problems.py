"""What is wrong with a typed value, as a code for programs and a sentence for people."""

from app.core.labels import Label


class InputProblem(ValueError):
    """A value that cannot be read.

    ``sentence`` is shown at the field; like ``str()`` of the error it never repeats the
    value, which may be personal.
    """

    def __init__(self, code: str, sentence: Label) -> None:
        super().__init__(code)
        self.code = code
        self.sentence = sentence
