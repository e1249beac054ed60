"""How the site is built from these pages: ``python -m sphinx -W --keep-going -b html docs build/site``."""

import os
import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
# The pages of examples are executed by a kernel of its own.
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))

from sim import __version__  # noqa: E402

project = "Passport services of South Sumatra: a simulator"
author = "its contributors"
version = release = __version__
html_title = "Passport services: a simulator"
html_theme = "furo"
html_show_copyright = False
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build", "Thumbs.db", ".DS_Store"]
templates_path: list[str] = []

# Pages are plain Markdown first, to be read where the repository is: headings are link targets, nothing more is asked.
myst_heading_anchors = 3
myst_enable_extensions = ["colon_fence"]

nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_show_tb = True
nb_execution_timeout = 300
nb_merge_streams = True
# Compilation is told of on the machine that builds the site; its reader need not know.
nb_output_stderr = "remove"
nb_ipywidgets_js: dict[str, dict[str, str]] = {}

autodoc_typehints = "description"
autodoc_typehints_description_target = "documented_params"
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
# Arrays of whole numbers, of numbers, and of yes and no: what they are in full would drown what they hold.
autodoc_type_aliases = {name: name for name in ("Ints", "Floats", "Bools")}
python_use_unqualified_type_names = True
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_rtype = False

LINK = re.compile(r"\]\(((?:\.\./)+[^)#]*\.md)\)")


def _outside(app: Any, name: str, source: list[str]) -> None:
    """Links to Markdown that lies outside of docs/ lead to the file: Sphinx would look for a page of the site."""
    folder = (ROOT / "docs" / name).parent

    def link(found: re.Match[str]) -> str:
        inside = (folder / found[1]).resolve().is_relative_to(ROOT / "docs")
        return found[0] if inside else f"](path:{found[1]})"

    source[0] = LINK.sub(link, source[0])


def setup(app: Any) -> None:
    """Called by Sphinx."""
    app.connect("source-read", _outside)
