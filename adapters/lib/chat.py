"""Puts chat completions of OpenAI's shape into an outcome, for clients that hand them over as they came."""

from typing import Any

KNOWN = {
    *("id", "object", "created", "model", "choices", "usage"),
    *("service_tier", "system_fingerprint", "moderation", "obfuscation"),
}


def as_chat(value: Any) -> dict[str, Any]:
    """What a client hands over that is no object, such as a text, has nothing that a user of it would find."""
    return value if isinstance(value, dict) else {}


def surface_completion(outcome: dict[str, Any], completion: Any) -> None:
    """An answer in one piece."""
    chat = as_chat(completion)
    surface_extra(outcome, chat)
    choices = []
    for choice in chat.get("choices") or []:
        message = choice.get("message") or {}
        surface_reasoning(outcome, message)
        choices.append(
            {
                "index": choice.get("index") or 0,
                "text": message.get("content"),
                "toolCalls": [tool_call(call) for call in message.get("tool_calls") or []],
                "finishReason": choice.get("finish_reason"),
            }
        )
    outcome["final"] = final(chat, choices)


class Joiner:
    """
    Joins the chunks of a stream as the users of such a client do it: texts one after another, tool calls by their
    index. Nothing is guessed, nothing is repaired.
    """

    def __init__(self, outcome: dict[str, Any]) -> None:
        """Made when the stream has opened: one that ends without a chunk is an empty answer, not none."""
        self.outcome = outcome
        self.head: dict[str, Any] = {}
        self.choices: dict[int, dict[str, Any]] = {}
        outcome["events"] = 0
        outcome["final"] = final({}, [])

    def add(self, value: Any) -> None:
        chunk = as_chat(value)
        surface_extra(self.outcome, chunk)
        self.head |= {name: chunk[name] for name in ("id", "model", "usage") if chunk.get(name) is not None}
        for choice in chunk.get("choices") or []:
            self.join(choice)
        self.outcome["final"] = final(self.head, list(self.choices.values()))

    def join(self, choice: dict[str, Any]) -> None:
        index = choice.get("index") or 0
        at = self.choices.setdefault(index, blank_choice(index))
        delta = choice.get("delta") or {}
        if isinstance(delta.get("content"), str):
            at["text"] = (at["text"] or "") + delta["content"]
        for piece in delta.get("tool_calls") or []:
            join_call(at["calls"], piece)
        at["toolCalls"] = [at["calls"][place] for place in sorted(at["calls"])]
        surface_reasoning(self.outcome, delta)
        at["finishReason"] = choice.get("finish_reason") or at["finishReason"]


def join_call(calls: dict[int, dict[str, Any]], piece: dict[str, Any]) -> None:
    call = calls.setdefault(piece.get("index") or 0, {"id": None, "name": None, "arguments": ""})
    called = piece.get("function") or {}
    call["id"] = piece.get("id") or call["id"]
    call["name"] = called.get("name") or call["name"]
    call["arguments"] += called.get("arguments") or ""


def blank_choice(index: int) -> dict[str, Any]:
    return {"index": index, "text": None, "toolCalls": [], "finishReason": None, "calls": {}}


def tool_call(call: dict[str, Any]) -> dict[str, Any]:
    called = call.get("function") or {}
    return {"id": call.get("id"), "name": called.get("name"), "arguments": called.get("arguments")}


def final(head: dict[str, Any], choices: list[dict[str, Any]]) -> dict[str, Any]:
    shown = [{name: value for name, value in choice.items() if name != "calls"} for choice in choices]
    first = next((choice for choice in shown if choice["index"] == 0), blank_choice(0))
    return {
        **{name: first[name] for name in ("text", "toolCalls", "finishReason")},
        **{name: head.get(name) for name in ("usage", "id", "model")},
        **({"choices": sorted(shown, key=lambda choice: choice["index"])} if len(shown) > 1 else {}),
    }


def surface_extra(outcome: dict[str, Any], chat: dict[str, Any]) -> None:
    outcome["extra"] |= {name: value for name, value in chat.items() if name not in KNOWN}


def surface_reasoning(outcome: dict[str, Any], message: dict[str, Any]) -> None:
    """What vLLM and others put beside the content."""
    for name in ("reasoning_content", "reasoning"):
        if isinstance(message.get(name), str):
            outcome["extra"][name] = outcome["extra"].get(name, "") + message[name]
