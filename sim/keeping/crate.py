"""An RO-Crate of the results: a description for archives and other programs of what each file is and how it was made.

RO-Crate (https://www.researchobject.org/ro-crate): JSON-LD in ``ro-crate-metadata.json``, beside the files it tells of.
What was run is in the folder ``configuration``: the experiment, the effective configuration of each scenario, and the
files of the experiment's own measures.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sim.errors import InputError
from sim.keeping.folder import (
    CITED,
    CONFIGURATION,
    CRATE,
    FIGURES,
    FINDINGS,
    JOURNEYS,
    MANIFEST,
    PAGE,
    PLANS,
    WORKBOOKS,
    Staging,
)

MEASURES = "measures"
"""The folder, in that of the configuration, of measures of the project's own."""
SOFTWARE = "#passport-service-simulator"
RUN = "#run"
ABOUT = {
    "summary.csv": "Every measure of every scenario: mean over replications, with interval",
    "comparisons.csv": "Every scenario against the baseline, paired, with intervals",
    "flows.csv": "Applicants by district and site in every scenario, with intervals",
    "replications.parquet": "Every measure of every scenario in each replication",
    "assumptions.csv": "Every value with its range, basis and source",
    "targets.csv": "Known figures beside modelled ones",
    CITED: "Known figures and tested conclusions of other experiments that this one cites",
    "factorial.csv": "Main effects and interactions of services",
    FINDINGS: "The findings in words",
    PAGE: "The report as one page, in English and Indonesian",
    WORKBOOKS["en"]: "The tables as a workbook, in English",
    WORKBOOKS["id"]: "The tables as a workbook, in Indonesian",
    PLANS: "What was simulated, as far as figures are drawn from it",
    MANIFEST: "Seed, versions, and digests of configuration, data, tables and figures",
}
FORMATS = {
    ".csv": "text/csv",
    ".parquet": "application/vnd.apache.parquet",
    ".md": "text/markdown",
    ".html": "text/html",
    ".json": "application/json",
    ".npz": "application/zip",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".yaml": "application/yaml",
    ".py": "text/x-python",
}


def require_rocrate() -> None:
    """Refuse before the work what would fail after it.

    Raises:
        InputError: rocrate is not installed.
    """
    try:
        import rocrate.rocrate  # noqa: F401
    except ImportError as error:
        raise InputError(
            "an RO-Crate needs rocrate, which is not installed: in the folder of the checkout, "
            "python -m pip install '.[archive]'"
        ) from error


def write_crate(staging: Staging, staying: Sequence[str] = ()) -> None:
    """Write the description of all files that are staged, of which one is the manifest.

    Args:
        staging: where they are.
        staying: names of files that stay in the folder of results beside them.
    """
    from rocrate.model import ContextEntity
    from rocrate.rocrate import ROCrate

    about, crate = json.loads((staging.new / MANIFEST).read_text(encoding="utf-8")), ROCrate()
    crate.name = about["title"][about["language"]]
    crate.description = (about["question"] or about["title"])[about["language"]]
    files = {name: staging.folder / name for name in staying}
    files |= {path.relative_to(staging.new).as_posix(): path for path in staging.new.rglob("*")}
    parts = [_add(crate, name, path) for name, path in sorted(files.items()) if path.is_file()]
    python = {"@type": "ComputerLanguage", "name": "Python", "version": about["versions"]["python"]}
    language = crate.add(ContextEntity(crate, "#python", properties=python))
    software = crate.add(ContextEntity(crate, SOFTWARE, properties={
        "@type": "SoftwareApplication",
        "name": "Passport-service simulator",
        "softwareVersion": about["versions"]["simulator"],
    }))  # fmt: skip
    software["programmingLanguage"] = language
    values = {"seed": about["seed"], "replications": about["replications"]["complete"], "engine": about["engine"]}
    run = crate.add(ContextEntity(crate, RUN, properties={
        "@type": "CreateAction",
        "name": f"Simulation of {about['experiment']}",
        "description": ", ".join(f"{name} {value}" for name, value in values.items()),
    }))  # fmt: skip
    run["instrument"] = software
    run["object"] = [part for part in parts if part.id.startswith(f"{CONFIGURATION}/")]
    run["object"] = [*run["object"], *(_value(crate, name, value) for name, value in values.items())]
    run["result"] = [part for part in parts if not part.id.startswith(f"{CONFIGURATION}/")]
    crate.root_dataset["mentions"] = run
    staging.write(CRATE, json.dumps(crate.metadata.generate(), indent=2, ensure_ascii=False) + "\n")


def _add(crate: Any, name: str, path: Path) -> Any:
    """The entity of a file."""
    kind = name.split("/")[0]
    told = {
        FIGURES: f"Data of the figure {path.stem}" if path.suffix == ".csv" else f"Figure {path.stem}",
        JOURNEYS: "Every applicant's journey in a scenario and replication",
        CONFIGURATION: _told_configuration(path),
    }
    return crate.add_file(path, dest_path=name, properties={
        "name": ABOUT.get(name) or told.get(kind, name),
        "encodingFormat": FORMATS.get(path.suffix, "application/octet-stream"),
        "contentSize": str(path.stat().st_size),
    })  # fmt: skip


def _told_configuration(path: Path) -> str:
    if path.parent.name == MEASURES:
        return f"The experiment's own measure {path.stem}"
    return "The experiment" if path.stem == "experiment" else f"Effective configuration of {path.stem}"


def _value(crate: Any, name: str, value: object) -> Any:
    from rocrate.model import ContextEntity

    told = {"@type": "PropertyValue", "name": name, "value": value}
    return crate.add(ContextEntity(crate, f"#{name}", properties=told))
