"""Every code of a problem in a spec, with its meaning: what people search for.

``docs/spec-errors.md`` is written from this table, and a test holds the two together.
"""

from __future__ import annotations

CODES = {
    # --- H1xx: the files themselves
    "H101": "A file cannot be read.",
    "H102": "A file is larger than a spec may be.",
    "H103": "A file is not UTF-8 text.",
    "H104": "The text is not YAML (or JSON).",
    "H105": "A limit on nodes or levels is passed.",
    "H106": "YAML tags are refused.",
    "H107": "A key stands twice in one mapping.",
    "H108": "A key is not a plain name, or `<<` does not name a mapping.",
    "H109": "A bare number is ambiguous or out of range.",
    "H110": "The document is not one mapping (or, in an include, not one list).",
    "H111": "A path leads out of the project root, or is not a path that may be used.",
    "H112": "Files extend or include each other in a circle, or too many of them.",
    "H113": "An include matches no file.",
    "H114": "The spec requires another version of harness.",
    "H115": "`init` would overwrite a file.",
    "H199": "There are more problems than anybody reads.",
    # --- H2xx: shape
    "H201": "Unknown key.",
    "H202": "A required key is missing.",
    "H203": "A value of the wrong type.",
    "H204": "A bare number, boolean or null where a string is wanted: it must be quoted.",
    "H205": "A value that is not one of the choices.",
    "H206": "A value out of range.",
    "H207": "A name that Azure or the file system would refuse.",
    "H208": "A date, URL, pattern or version that cannot be understood.",
    "H209": "Keys that exclude each other stand together.",
    # --- H3xx: meaning
    "H301": "A reference to a target that is not there.",
    "H302": "An assertion needs a judge or embeddings, and none is declared.",
    "H303": "A reference to a content filter that is not there.",
    "H304": "Unknown variable.",
    "H305": "Two things with one name.",
    "H306": "`gate.map` names a target that is not there.",
    "H307": "A tool, or a tool's result, is not well formed.",
    "H310": "Unknown assertion.",
    "H311": "An assertion is neither of its forms.",
    "H312": "An assertion's value or threshold is missing or wrong.",
    "H313": "The spec wants to run code, which needs --allow-code.",
    # --- H4xx: environment and credentials
    "H401": "`${…}` names a variable that a spec may not read.",
    "H402": "`${…}` names a secret where no secret may go.",
    "H403": "`${…}` cannot be understood.",
    "H404": "A literal key or credential in the spec.",
    "H405": "A credential would travel over a connection that does not protect it.",
    "H406": "A variable whose value is needed is not set.",
    # --- H5xx: data sets
    "H501": "A row of a data set cannot be read.",
    "H502": "A row of a data set has other columns than the first.",
    "H503": "Columns of a data set are unusable.",
    "H504": "A case's id stands twice.",
}
