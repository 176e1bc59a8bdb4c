"""What the roles are called on pages."""

from shared.web.pages.menu import mark

ROLES = {
    "committee": mark("Committee"),
    "screener": mark("Screener"),
    "juror": mark("Juror"),
    "chair": mark("Chair of the jury"),
    "head": mark("Head of an institution"),
    "operator": mark("Operator of an institution"),
    "auditor": mark("Auditor"),
    "administrator": mark("Administrator"),
}
"""As the rest of Makmal knows them -> in English, to be translated by the template."""
