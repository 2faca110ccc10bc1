package main

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/packages/respjson"
)

type toolCall struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Arguments string `json:"arguments"`
}

type choice struct {
	Index        int64      `json:"index"`
	Text         *string    `json:"text"`
	ToolCalls    []toolCall `json:"toolCalls"`
	FinishReason *string    `json:"finishReason"`
}

type final struct {
	Text         *string         `json:"text"`
	ToolCalls    []toolCall      `json:"toolCalls"`
	FinishReason *string         `json:"finishReason"`
	Usage        json.RawMessage `json:"usage"`
	ID           *string         `json:"id"`
	Model        *string         `json:"model"`
	Choices      []choice        `json:"choices,omitempty"`
}

// surface takes an answer in one piece. An empty string is what the package gives for what is not there.
func surface(o *outcome, answer *openai.ChatCompletion) {
	surfaceExtra(o, answer.JSON.ExtraFields)
	choices := []choice{}
	for _, given := range answer.Choices {
		shown := choice{given.Index, present(given.Message.Content), []toolCall{}, present(given.FinishReason)}
		for _, made := range given.Message.ToolCalls {
			call := toolCall{made.ID, made.Function.Name, made.Function.Arguments}
			shown.ToolCalls = append(shown.ToolCalls, call)
		}
		choices = append(choices, shown)
	}
	o.Final = finalOf(answer.ID, answer.Model, usageOf(answer.Usage), choices)
}

// joiner joins the chunks as users of the package do it: texts one after another, tool calls by their index.
type joiner struct {
	outcome   *outcome
	id, model string
	usage     json.RawMessage
	choices   map[int64]*choice
	calls     map[int64]map[int64]*toolCall
}

// newJoiner is for a stream that has opened: one that ends without a chunk is an empty answer, not none.
func newJoiner(o *outcome) *joiner {
	o.Events = new(int)
	o.Final = finalOf("", "", nil, nil)
	return &joiner{outcome: o, choices: map[int64]*choice{}, calls: map[int64]map[int64]*toolCall{}}
}

func (j *joiner) add(chunk openai.ChatCompletionChunk) {
	surfaceExtra(j.outcome, chunk.JSON.ExtraFields)
	if chunk.ID != "" {
		j.id = chunk.ID
	}
	if chunk.Model != "" {
		j.model = chunk.Model
	}
	if usage := usageOf(chunk.Usage); usage != nil {
		j.usage = usage
	}
	for _, piece := range chunk.Choices {
		j.join(piece)
	}
	shown := []choice{}
	for _, index := range slices.Sorted(maps.Keys(j.choices)) {
		shown = append(shown, *j.choices[index])
	}
	j.outcome.Final = finalOf(j.id, j.model, j.usage, shown)
}

func (j *joiner) join(piece openai.ChatCompletionChunkChoice) {
	at, known := j.choices[piece.Index]
	if !known {
		at = &choice{Index: piece.Index, ToolCalls: []toolCall{}}
		j.choices[piece.Index] = at
		j.calls[piece.Index] = map[int64]*toolCall{}
	}
	if piece.Delta.JSON.Content.Valid() {
		text := piece.Delta.Content
		if at.Text != nil {
			text = *at.Text + text
		}
		at.Text = &text
	}
	calls := j.calls[piece.Index]
	for _, made := range piece.Delta.ToolCalls {
		if calls[made.Index] == nil {
			calls[made.Index] = &toolCall{}
		}
		call := calls[made.Index]
		if made.ID != "" {
			call.ID = made.ID
		}
		if made.Function.Name != "" {
			call.Name = made.Function.Name
		}
		call.Arguments += made.Function.Arguments
	}
	at.ToolCalls = []toolCall{}
	for _, index := range slices.Sorted(maps.Keys(calls)) {
		at.ToolCalls = append(at.ToolCalls, *calls[index])
	}
	if piece.FinishReason != "" {
		reason := piece.FinishReason
		at.FinishReason = &reason
	}
}

func finalOf(id, model string, usage json.RawMessage, choices []choice) *final {
	shown := &final{ToolCalls: []toolCall{}, Usage: usage, ID: present(id), Model: present(model)}
	for _, given := range choices {
		if given.Index == 0 {
			shown.Text, shown.ToolCalls, shown.FinishReason = given.Text, given.ToolCalls, given.FinishReason
		}
	}
	if len(choices) > 1 {
		shown.Choices = choices
	}
	return shown
}

func present(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// usageOf is the usage as it came; the accumulator keeps its figures alone.
func usageOf(usage openai.CompletionUsage) json.RawMessage {
	if raw := usage.RawJSON(); raw != "" && raw != "null" {
		return json.RawMessage(raw)
	}
	if usage.TotalTokens == 0 {
		return nil
	}
	figures, _ := json.Marshal(map[string]int64{
		"prompt_tokens":     usage.PromptTokens,
		"completion_tokens": usage.CompletionTokens,
		"total_tokens":      usage.TotalTokens,
	})
	return figures
}

func surfaceExtra(o *outcome, fields map[string]respjson.Field) {
	for name, field := range fields {
		o.Extra[name] = json.RawMessage(field.Raw())
	}
}
