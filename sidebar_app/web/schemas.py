"""The shapes of the API, for reading, writing and the OpenAPI description."""

from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from sidebar_app.actions import InvalidParams


class Strict(Schema):
    class Meta:
        unknown = RAISE


class SubmissionSchema(Strict):
    """What the panel asks for. `seen` is what it showed: the customer and the figures the act stands on."""

    ticket = fields.Integer(required=True, strict=True, validate=validate.Range(min=1))
    action = fields.String(required=True, validate=validate.Length(max=64))
    params = fields.Dict(keys=fields.String(), required=True)
    seen = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


class TicketSchema(Strict):
    ticket = fields.Integer(required=True, strict=True, validate=validate.Range(min=1))


class MoneySchema(Schema):
    amount = fields.String(metadata={"description": "decimal string in major units"})
    currency = fields.String(metadata={"description": "ISO 4217"})
    display = fields.String()


class StepSchema(Schema):
    role = fields.String()
    name = fields.String()
    quorum = fields.Integer()


class RuleSchema(Schema):
    """A rule that speaks about the question; one that does not decide was overruled by a stricter one."""

    rule = fields.String()
    sentence = fields.String()
    answer = fields.String(metadata={"description": 'such as "runs at once" or "needs a manager"'})
    decides = fields.Boolean()


class CapSchema(Schema):
    """A limit over time, and how far it would be used."""

    rule = fields.String()
    sentence = fields.String()
    is_over = fields.Boolean()


class ApproversSchema(Schema):
    """Who could decide a step right now."""

    role = fields.String()
    name = fields.String()
    quorum = fields.Integer()
    people = fields.List(fields.String())


class WhySchema(Schema):
    """`ways` are sentences: what would make the answer easier, or how far it reaches."""

    rules = fields.List(fields.Nested(RuleSchema))
    caps = fields.List(fields.Nested(CapSchema))
    ways = fields.List(fields.String())
    approvers = fields.List(fields.Nested(ApproversSchema))


class ObstacleSchema(Schema):
    detail = fields.String()
    next_step = fields.String()


class PreviewSchema(Schema):
    """What would happen; nothing was changed."""

    action = fields.String()
    verdict = fields.String(validate=validate.OneOf(["allow", "needs_approval", "deny"]))
    summary = fields.String()
    sentence = fields.String()
    reason = fields.String()
    next_step = fields.String()
    steps = fields.List(fields.Nested(StepSchema))
    rules = fields.List(fields.String())
    policy_version = fields.String()
    money = fields.Nested(MoneySchema)
    due_at = fields.AwareDateTime(allow_none=True)
    why = fields.Nested(WhySchema)
    obstacle = fields.Nested(
        ObstacleSchema,
        allow_none=True,
        metadata={"description": "set when asking would be refused now because nobody could approve"},
    )


class RequestStepSchema(Schema):
    text = fields.String()
    state = fields.String(validate=validate.OneOf(["done", "now", "todo", "failed"]))


class RequestSchema(Schema):
    """A request, its state in words, and who is waited for."""

    id = fields.String()
    version = fields.Integer()
    ticket = fields.Integer()
    action = fields.String()
    state = fields.String()
    title = fields.String()
    status_text = fields.String()
    tone = fields.String()
    detail = fields.String()
    steps = fields.List(fields.Nested(RequestStepSchema))
    amount = fields.Nested(MoneySchema, allow_none=True)
    created_at = fields.String()
    due_at = fields.String(allow_none=True)
    can_withdraw = fields.Boolean()


class PulseSchema(Schema):
    version = fields.String()
    busy = fields.Boolean()


class FragmentSchema(Schema):
    html = fields.String()
    version = fields.String()


class ProblemSchema(Schema):
    """RFC 9457."""

    type = fields.String()
    title = fields.String()
    status = fields.Integer()
    detail = fields.String()
    next_step = fields.String()
    reasons = fields.List(fields.String())
    errors = fields.Dict()
    facts = fields.Dict()
    reference = fields.String()


def load(schema: type[Schema], body: dict[str, Any]) -> dict[str, Any]:
    """The validated body; raises InvalidParams with sentences by field."""
    try:
        loaded: dict[str, Any] = schema().load(body)
    except ValidationError as error:
        told: dict[str, Any] = error.normalized_messages()  # type: ignore[no-untyped-call]
        raise InvalidParams(_by_field(told)) from None
    return loaded


def _by_field(messages: dict[str, Any]) -> dict[str, list[str]]:
    return {field: _sentences(told) for field, told in messages.items()}


def _sentences(told: Any) -> list[str]:
    if isinstance(told, dict):
        return [f"{name}: {sentence}" for name, inner in told.items() for sentence in _sentences(inner)]
    return [str(sentence) for sentence in told]
