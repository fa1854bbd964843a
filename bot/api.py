"""The HTTP interface for other programs: read only, with a bearer token (`--dev`: open), described in OpenAPI.

`API_TOKEN` of the settings reads every community; a community's own tokens read that one, and of others not even
whether they are there.
"""

from __future__ import annotations

import hmac
from functools import lru_cache
from typing import Any

from aiohttp import web

from domain.agenda import Case, CaseKind, CaseState
from domain.community import PreparednessLevel
from domain.plan.conflicts import ConflictKind
from services import agenda, api_tokens, meeting_plan
from services.messages import Json
from services.pictures import picture
from services.ports import Clock, Store
from services.round_json import action_json, round_json

PREFIX = "/api/v1"


class Api:
    def __init__(self, store: Store, clock: Clock, token: str, *, is_open: bool) -> None:
        self._store = store
        self._clock = clock
        self._token = token.encode()
        self._is_open = is_open

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get(f"{PREFIX}/openapi.json", self.openapi),
            web.get(f"{PREFIX}/communities/{{community}}/rounds", self.rounds),
            web.get(f"{PREFIX}/communities/{{community}}/rounds/{{round}}", self.round),
            web.get(f"{PREFIX}/communities/{{community}}/actions", self.actions),
            web.get(f"{PREFIX}/communities/{{community}}/plan", self.plan),
        ]

    async def rounds(self, request: web.Request) -> web.Response:
        """All rounds by time of meeting, planned ones included."""
        community = await self._community(request)
        now = self._clock.now()
        async with self._store.read(community) as work:
            shown = [round_json(await picture(work, round_, now)) for round_ in await work.rounds.all()]
        return web.json_response({"rounds": shown})

    async def round(self, request: web.Request) -> web.Response:
        community = await self._community(request)
        async with self._store.read(community) as work:
            round_ = await work.rounds.get(request.match_info["round"])
            if round_ is None:
                return refusal(404, "No such round.")
            return web.json_response(round_json(await picture(work, round_, self._clock.now())))

    async def actions(self, request: web.Request) -> web.Response:
        """All actions in the order in which they were made, settled and dropped ones included."""
        community = await self._community(request)
        now = self._clock.now()
        async with self._store.read(community) as work:
            shown = [action_json(action, work.community, now) for action in await work.actions.all()]
        return web.json_response({"actions": shown})

    async def plan(self, request: web.Request) -> web.Response:
        """The meetings that have not been cancelled, by date, what collides among them, and their agendas."""
        community = await self._community(request)
        async with self._store.read(community) as work:
            kept = await meeting_plan.standing(work)
            found = await meeting_plan.collisions(work, [planned.meeting for planned in kept])
            cases = await agenda.by_meeting(work, [planned.id for planned in kept])
        meetings: list[Json] = [{"id": p.id, **meeting_plan.meeting_json(p.meeting)} for p in kept]
        conflicts = [meeting_plan.conflict_json(conflict) for conflict in found]
        items: list[Json] = [_case_json(case) for planned in kept for case in cases.get(planned.id, ())]
        return web.json_response({"meetings": meetings, "conflicts": conflicts, "cases": items})

    async def openapi(self, request: web.Request) -> web.Response:
        if not self._opens_all(request) and await self._of_one(request) is None:
            raise _unauthorized()
        return web.json_response(description())

    def check(self, request: web.Request) -> None:
        """Raises 401 without the installation's own token: a community's opens nothing that is about all of them."""
        if not self._opens_all(request):
            raise _unauthorized()

    def _opens_all(self, request: web.Request) -> bool:
        """With API_TOKEN, or under `--dev`. Without a configured token nobody has it."""
        given = _bearer(request)
        return self._is_open or (bool(self._token) and hmac.compare_digest(given.encode(errors="replace"), self._token))

    async def _of_one(self, request: web.Request) -> str | None:
        """The community whose own token was given."""
        return await api_tokens.community_of(self._store, _bearer(request), self._clock.now())

    async def _community(self, request: web.Request) -> str:
        """Raises 404 for a community that is not there, and in the same words for one that the token is not for."""
        key = request.match_info["community"]
        if not self._opens_all(request):
            own = await self._of_one(request)
            if own is None:
                raise _unauthorized()
            key = key if key == own else ""
        if key not in self._store.communities:
            raise web.HTTPNotFound(text='{"error": "No such community."}', content_type="application/json")
        return key


def _bearer(request: web.Request) -> str:
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    return given.strip() if scheme.casefold() == "bearer" else ""


def _unauthorized() -> web.HTTPUnauthorized:
    text = '{"error": "A bearer token is needed: Authorization: Bearer …"}'
    headers = {"WWW-Authenticate": "Bearer"}
    return web.HTTPUnauthorized(text=text, content_type="application/json", headers=headers)


def _case_json(case: Case) -> Json:
    shown = {key: value for key, value in agenda.case_json(case).items() if key != "position"}
    return {"id": case.id, **shown}


def refusal(status: int, why: str) -> web.Response:
    return web.json_response({"error": why}, status=status)


@lru_cache
def description() -> dict[str, Any]:
    """The OpenAPI 3.1 document."""
    key = {"name": "community", "in": "path", "required": True, "schema": {"type": "string"}}
    round_id = {"name": "round", "in": "path", "required": True, "schema": {"type": "string"}}
    refused = {"$ref": "#/components/responses/Refused"}
    listed = {"type": "object", "required": ["rounds"], "properties": {"rounds": _array(_ref("Round"))}}
    actions = {"type": "object", "required": ["actions"], "properties": {"actions": _array(_ref("Action"))}}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Samhandlingsbot",
            "version": "1",
            "description": "The figures of a community's rounds, read only. Times are in the community's zone.",
        },
        "security": [{"bearer": []}],
        "paths": {
            f"{PREFIX}/communities/{{community}}/rounds": {
                "get": _operation("All rounds by time of meeting, planned ones included", [key], listed, refused)
            },
            f"{PREFIX}/communities/{{community}}/rounds/{{round}}": {
                "get": _operation("One round", [key, round_id], _ref("Round"), refused)
            },
            f"{PREFIX}/communities/{{community}}/actions": {
                "get": _operation("All actions as they were made, dropped ones included", [key], actions, refused)
            },
            f"{PREFIX}/communities/{{community}}/plan": {
                "get": _operation("The meeting plan, by date, and what collides in it", [key], _ref("Plan"), refused)
            },
            f"{PREFIX}/openapi.json": {
                "get": _operation("This description", [], {"type": "object"}, refused),
            },
        },
        "components": {
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
            "responses": {
                "Refused": {
                    "description": "A sentence that says why.",
                    "content": {"application/json": {"schema": _ref("Refusal")}},
                }
            },
            "schemas": _schemas(),
        },
    }


def _schemas() -> dict[str, Any]:
    text, when, whole = {"type": "string"}, {"type": "string", "format": "date-time"}, {"type": "integer"}
    levels = [str(level) for level in PreparednessLevel]
    day = {"type": "string", "format": "date"}
    totals = {"type": "object", "additionalProperties": whole, "description": "Sums of what was answered, by indicator"}
    figures = {
        "reports": _array(_ref("Report")),
        "totals": totals,
        "discrepancies": _array(_ref("Discrepancy")),
        "discrepancies_pending": _array(text),
        "level": {"enum": levels, "description": "Set by the coordinator; from the meeting on as it was then"},
        "level_suggested": {"enum": [*levels, None], "description": "What the answers so far suggest"},
        "overliggere_cost_nok_per_day": {"type": ["integer", "null"]},
        "overliggere_cost_nok_per_day_by_unit": {"type": ["object", "null"], "additionalProperties": whole},
    }
    cleared = _array(_ref("Cleared")) | {"description": "Left out where there are none"}
    agreed = {"id": text, "text": text, "owner": text, "due": {"type": "string", "format": "date"}}
    in_round = {"enum": ["open", "done", "overdue"], "description": "overdue: open, and its day has passed"}
    in_rounds = _array(_ref("RoundAction"))
    return {
        "Refusal": _object({"error": text}),
        "Report": _object(
            {
                "unit": text,
                "state": {"enum": ["missing", "answered", "late"], "description": "late: first answered after due_at"},
                "values": {
                    "type": "object",
                    "additionalProperties": {"type": ["integer", "number", "string"]},
                    "description": "By indicator; per municipality as <indicator>.<unit>",
                },
                "answered_by": {"type": ["string", "null"]},
                "answered_at": {"type": ["string", "null"], "format": "date-time"},
                "revision": {"type": "integer", "minimum": 0},
            },
            away={"type": "boolean", "description": "true for a missing unit that is away and therefore not asked"},
        ),
        "Discrepancy": _object(
            {
                "unit": text,
                "indicator": text,
                "municipality": whole,
                "hospital": whole,
                "difference": {"type": "integer", "description": "hospital less municipality"},
            },
            outcomes=_array(_ref("Outcome")) | {"description": "What either side said, once somebody has"},
        ),
        "Cleared": _object({"unit": text, "indicator": text, "value": whole, "outcomes": _array(_ref("Outcome"))})
        | {"description": "A difference that was put to both sides and has gone since"},
        "Outcome": _object(
            {
                "unit": text,
                "side": {"enum": ["municipality", "hospital"]},
                "outcome": {"enum": ["corrected", "stands"]},
            },
            **{"from": whole, "to": whole, "by": text, "at": when},
            reason={"enum": ["bosted", "tidspunkt", "annet", None]},
            because={"type": ["string", "null"]},
        ),
        "RoundAction": _object(agreed | {"state": in_round})
        | {"description": "Open at the round's meeting, or done since the meeting before"},
        "Action": _object(
            {
                **agreed,
                "state": {"enum": ["open", "done", "overdue", "dropped"]},
                "created_by": text,
                "created_at": when,
                "settled_by": {"type": ["string", "null"]},
                "settled_at": {"type": ["string", "null"], "format": "date-time"},
                "reason": {"type": "string", "description": "Of the last change; empty if none was given"},
                "moves": {"type": "integer", "minimum": 0, "description": "How often its day was moved"},
                "round": {"type": ["string", "null"], "description": "Whose meeting it was agreed in"},
            }
        ),
        "Sealed": _object({"as_of": when, **figures, "actions": in_rounds}, discrepancies_cleared=cleared)
        | {"description": "As known when the meeting began"},
        "Plan": _object(
            {
                "meetings": _array(_ref("Meeting")),
                "conflicts": _array(_ref("Conflict")),
                "cases": _array(_ref("Case"))
                | {"description": "By meeting, in the order of its agenda; withdrawn ones keep their number"},
            }
        ),
        "Meeting": _object(
            {
                "id": text,
                "forum": text,
                "date": day,
                "end_date": day,
                "start": {"type": ["string", "null"], "description": "HH:MM"},
                "end": {"type": ["string", "null"], "description": "HH:MM"},
                "place": {"type": ["string", "null"]},
                "host": {"type": ["string", "null"], "description": "A unit's key, or a name"},
            }
        ),
        "Case": _object(
            {
                "id": text,
                "forum": text,
                "meeting": {"type": "string", "description": "The meeting's id"},
                "number": {"type": "string", "description": "Within the organ: YEAR.N"},
                "title": text,
                "kinds": _array({"enum": [str(kind) for kind in CaseKind]}),
                "about": text,
                "proposal": {"type": "string", "description": "Proposed conclusion"},
                "responsible": {"type": "string", "description": "A person's key"},
                "papers": _array(_object({"title": text, "link": text})),
                "earliest": {"type": ["string", "null"], "format": "date", "description": "No meeting before will do"},
                "reference": {"type": ["string", "null"], "description": "The case that it comes from: SSU 2022.39"},
                "state": {"enum": [str(state) for state in CaseState if state is not CaseState.SENT_ON]},
                "conclusion": {"type": ["string", "null"]},
                "follow_up": {"type": ["string", "null"], "format": "date"},
            }
        ),
        "Conflict": _object(
            {
                "forum": text,
                "date": day,
                "kind": {"enum": [str(kind) for kind in ConflictKind]},
                "with": {"type": "string", "description": "The holiday, the other organ, or the host whose turn it is"},
                "proposal": {"type": ["string", "null"], "format": "date", "description": "A day without conflict"},
            }
        ),
        "Round": _object(
            {
                "id": text,
                "community": text,
                "state": {"enum": ["planned", "collecting", "closed", "held", "cancelled"]},
                "opens_at": when,
                "due_at": when,
                "meeting_at": when,
                "summary_posted_at": {"type": ["string", "null"], "format": "date-time"},
                **figures,
                "actions": in_rounds,
                "sealed": {
                    "anyOf": [_ref("Sealed"), {"type": "null"}],
                    "description": "As known when the meeting began",
                },
            },
            discrepancies_cleared=cleared,
        ),
    }


def _operation(summary: str, parameters: list[Any], schema: dict[str, Any], refused: dict[str, Any]) -> dict[str, Any]:
    content = {"application/json": {"schema": schema}}
    responses = {"200": {"description": summary, "content": content}, "401": refused, "404": refused}
    return {"summary": summary, "parameters": parameters, "responses": responses}


def _object(properties: dict[str, Any], **optional: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties | optional}


def _array(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}
