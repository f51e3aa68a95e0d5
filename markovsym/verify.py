"""``verify``: is a model equivariant?"""

import json
import sys

from markovsym.files import replace_file
from markovsym.options import Verify
from markovsym.testing import Effort, verify
from markovsym.testing.reports.asked import model_of, spaces_of


def run(options: Verify) -> int:
    """Run every check on a model, and that in law on a broken copy; 1 unless all is as it must."""
    effort = Effort.asked(options.alpha, options.examples, options.pairs, options.seed)
    model = model_of(options.model)
    X, Y = spaces_of(model, options.group, options.dom, options.cod)
    found = verify(model, X=X, Y=Y, effort=effort, name=options.model)
    if options.html:
        replace_file(options.html, found.html().encode())
    told = json.dumps(found.to_json(), indent=2) if options.json else found.text()
    sys.stdout.write(told + "\n")
    return 0 if found.trusted else 1
