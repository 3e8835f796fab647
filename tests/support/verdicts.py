"""What a run says that is worth comparing, and what its warnings are about."""
import re
import tempfile

# A mask prints as uint8 in 1.0 and as bool in 2.7; gradient functions have changed their names.
PRINTED = [(re.compile(pattern), new) for pattern, new in
           [(r",\s*dtype=torch\.(uint8|bool)", ""), (r"\bTrue\b", "1"), (r"\bFalse\b", "0"),
            (r",\s*grad_fn=<\w+>", ""), (r"(?<=[\[(])\s+", "")]]
# Advice on how to use a function better is not counted: the code does what it did.
ANNOUNCEMENT = re.compile(r"^(Future|Deprecation|PendingDeprecation)Warning|deprecat|implicit dim|"
                          r"in an upcoming|will be removed|was changed|has changed|changed to|"
                          r"Detected call of", re.I)


def comparable(run):
    """`run` freed of what says nothing about values: how masks print, names of temporary files."""
    text = run["stdout"]
    for pattern, new in PRINTED:
        text = pattern.sub(new, text)
    values = {name: value for name, value in run["values"].items()
              if not value.get("text", "").startswith(tempfile.gettempdir())}
    return dict(run, stdout=text, values=values)


def complaints(run):
    """The warnings that the code deserves: those about what changed or is going to."""
    return [warning for warning in run["warnings"] if ANNOUNCEMENT.search(warning)]
