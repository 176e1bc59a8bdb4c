"""The OpenAPI document of a service, completed: who may ask, every problem that can be answered, an example of everything."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from shared.samples import sample
from shared.security import SCOPES
from shared.web import asking
from shared.web.problem_types import PREFIX, PROBLEMS
from shared.web.problems import MEDIA_TYPE

Document = dict[str, Any]

TOKEN_URL = "/identity/v1/token"
SIGNED_IN: list[dict[str, list[str]]] = [{"oauth2": []}, {"bearer": []}]
VAULT_SECRET = "makmal-vault-secret"
"""Header of what only our own services ask of the vault."""
ALWAYS = (429, 500, 503)
CHANGING = ("post", "put", "patch", "delete")


def complete(app: FastAPI) -> None:
    """Make `app.openapi()` answer the completed document."""
    plain = app.openapi

    def openapi() -> Document:
        if app.openapi_schema is None:
            document = plain()
            _complete(document, app)
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def depends_on(dependant: Any) -> set[Any]:
    """Everything that a route depends on, at any depth."""
    found = {getattr(dependant, "call", None)}
    for inner in getattr(dependant, "dependencies", ()):
        found |= depends_on(inner)
    return found


def operations(document: Document) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(path, method, operation) in the document's order."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def _complete(document: Document, app: FastAPI) -> None:
    routes = [r for r in iter_route_contexts(app.routes) if isinstance(r.original_route, APIRoute)]
    needs = {(r.path_format, m.lower()): (str(r.name), depends_on(r.dependant)) for r in routes for m in r.methods or ()}
    names = Counter(needs[path, method][0] for path, method, _ in operations(document))
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas["Problem"] = PROBLEM
    components["securitySchemes"] = SECURITY
    statuses: set[int] = set()
    for path, method, operation in operations(document):
        name, depends = needs[path, method]
        operation["operationId"] = name if names[name] == 1 else f"{name}_{_place(path)}"
        operation["security"] = _security(operation, depends)
        can_be = problems_of(method, operation, depends)
        statuses |= can_be
        operation["responses"].pop("422", None)
        operation["responses"] |= {str(s): {"$ref": f"#/components/responses/Problem{s}"} for s in sorted(can_be)}
        _exemplify(operation, schemas)
        if asking.asking in depends:
            _headers(operation)
        if any(parameter["name"] == "limit" for parameter in operation.get("parameters", ())):
            _links(operation)
    components["responses"] = {f"Problem{status}": _response(status) for status in sorted(statuses)}
    document["externalDocs"] = {"url": "problems", "description": "Every type of problem, and what to do about it"}


def _place(path: str) -> str:
    """The fixed parts of a path after the version, which tell operations of one name apart."""
    return "_".join(part.replace("-", "_") for part in path.split("/")[2:] if not part.startswith("{"))


def _security(operation: Mapping[str, Any], depends: set[Any]) -> list[dict[str, list[str]]]:
    if any(parameter["name"] == VAULT_SECRET for parameter in operation.get("parameters", ())):
        return [{"vault": []}, *SIGNED_IN]
    if asking.perhaps_signed_in in depends:
        return [{}, *SIGNED_IN]
    return SIGNED_IN if asking.signed_in in depends else []


def problems_of(method: str, operation: Mapping[str, Any], depends: set[Any]) -> set[int]:
    """The statuses with which it can refuse."""
    found = {*ALWAYS}
    if operation["security"]:
        found |= {401, 403, 409}
    if operation.get("parameters") or "requestBody" in operation:
        found |= {404, 422}
    if asking.reached in depends:
        found |= {409}
    if method in CHANGING:
        found |= {400, 409, 413, 415, 422}
    if asking.asking in depends:
        found |= {412}
    if asking.version_named in depends:
        found |= {412, 428}
    if operation["operationId"] == "token":
        found |= {401}
    return found


def _response(status: int) -> Document:
    kinds = [kind for kind, known in PROBLEMS.items() if status in known.statuses]
    return {
        "description": "; ".join(PROBLEMS[kind].title for kind in kinds),
        "content": {
            MEDIA_TYPE: {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "examples": {kind: {"value": _problem(kind, status)} for kind in kinds},
            }
        },
    }


def _problem(kind: str, status: int) -> Document:
    known = PROBLEMS[kind]
    told = {"type": PREFIX + kind, "title": known.title, "status": status, "detail": known.todo, "detail_id": known.judul}
    if kind == "malformed":
        told["errors"] = [{"at": "body.reason", "what": "Field required"}]
    return told


def _exemplify(operation: Document, schemas: Mapping[str, Any]) -> None:
    for parameter in operation.get("parameters", ()):
        if parameter.get("required") and "example" not in parameter:
            parameter["example"] = sample(parameter["schema"], schemas, parameter["name"].replace("-", "_"))
            if parameter["name"] == "idempotency-key":
                parameter["example"] = "3f0a2c1e-submit-0042"
    contents = [operation.get("requestBody", {}).get("content", {})]
    contents += [answer.get("content", {}) for status, answer in operation["responses"].items() if status < "300"]
    for content in contents:
        for media in content.values():
            if "example" not in media and "examples" not in media and media.get("schema"):
                media["example"] = sample(media["schema"], schemas)


def _headers(operation: Document) -> None:
    for status, answer in operation["responses"].items():
        if status < "300":
            answer["headers"] = {
                "Makmal-Position": {
                    "description": "Where the log stands now: what a query waits for by `?at_least=`",
                    "schema": {"type": "integer"},
                },
                "ETag": {"description": "The version it has now, for `If-Match`", "schema": {"type": "string"}},
            }


def _links(operation: Document) -> None:
    answer = operation["responses"]["200"]
    link = {"description": 'While there is more: `<…>; rel="next"`, to be followed as it is', "schema": {"type": "string"}}
    answer["headers"] = {**answer.get("headers", {}), "Link": link}


PROBLEM: Document = {
    "title": "Problem",
    "description": "RFC 9457. Programs go by `type`; people read `detail` or `detail_id`.",
    "type": "object",
    "required": ["type", "title", "status", "detail", "detail_id"],
    "properties": {
        "type": {"type": "string", "enum": [PREFIX + kind for kind in PROBLEMS]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "A sentence that says what would be right"},
        "detail_id": {"type": "string", "description": "The same in Bahasa Indonesia"},
        "version": {"type": "integer", "description": "Of `changed-meanwhile`: the present version"},
        "errors": {
            "type": "array",
            "description": "Of `malformed`: every fault",
            "items": {
                "type": "object",
                "required": ["at", "what"],
                "properties": {"at": {"type": "string"}, "what": {"type": "string"}},
            },
        },
    },
}

SECURITY: Document = {
    "oauth2": {
        "type": "oauth2",
        "description": "A person signs in by password, an API client by its secret; the token is sent as Bearer",
        "flows": {
            "password": {"tokenUrl": TOKEN_URL, "scopes": {}},
            "clientCredentials": {"tokenUrl": TOKEN_URL, "scopes": dict(SCOPES)},
        },
    },
    "vault": {
        "type": "apiKey",
        "in": "header",
        "name": VAULT_SECRET,
        "description": "Between services of the house only",
    },
    "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "A token fetched before"},
}
