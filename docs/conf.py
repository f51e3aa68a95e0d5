import runpy
import tomllib
from pathlib import Path

_project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text())["project"]

project = "markovsym"
author = "The markovsym developers"
copyright = f"2026, {author}"
release = version = _project["version"]

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.doctest",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
    "sphinxcontrib.bibtex",
]
exclude_patterns = ["_build"]

html_theme = "furo"
html_title = f"markovsym {release}"

bibtex_bibfiles = ["references.bib"]
bibtex_default_style = "plain"
bibtex_reference_style = "author_year"

myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3


def setup(app) -> None:
    """Draw the pictures before the pages are read."""
    folder = Path(app.srcdir)
    draw_all = runpy.run_path(str(folder / "pictures.py"))["draw_all"]
    app.connect("builder-inited", lambda app: draw_all(folder / "_pictures"))


napoleon_custom_sections = [("Source", "notes_style")]
napoleon_numpy_docstring = False
