// The package openai-go. Without an argument streams are read chunk by chunk; with --helper the chunks are joined by
// the package's own ChatCompletionAccumulator.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"os"
	"runtime/debug"
	"time"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"github.com/openai/openai-go/v3/packages/ssestream"
)

var helper = len(os.Args) > 1 && os.Args[1] == "--helper"

func main() {
	name := "openai-go"
	if helper {
		name = "openai-go (accumulator)"
	}
	serve(&adapter{
		name:    name,
		version: version(),
		connect: func(r run) openai.Client {
			return openai.NewClient(option.WithBaseURL(r.BaseURL), option.WithAPIKey(r.APIKey))
		},
		operations: map[string]operation{
			"models.list":       modelsList,
			"models.get":        modelsGet,
			"embeddings.create": embeddings,
			"chat.create":       chat,
			"chat.stream":       stream,
		},
		describe: describe,
	})
}

// options are a request's own; what is absent is the client's default.
func options(c *call) (given []option.RequestOption) {
	if ms := c.control.TimeoutMs; ms != nil {
		given = append(given, option.WithRequestTimeout(time.Duration(*ms)*time.Millisecond))
	}
	if retries := c.control.MaxRetries; retries != nil {
		given = append(given, option.WithMaxRetries(*retries))
	}
	return given
}

func modelsList(ctx context.Context, client openai.Client, c *call) error {
	page, err := client.Models.List(ctx, options(c)...)
	if err != nil {
		return err
	}
	c.outcome.Models = []string{}
	for _, model := range page.Data {
		c.outcome.Models = append(c.outcome.Models, model.ID)
	}
	return nil
}

func modelsGet(ctx context.Context, client openai.Client, c *call) error {
	var params struct{ Model string }
	if err := json.Unmarshal(c.params, &params); err != nil {
		return err
	}
	model, err := client.Models.Get(ctx, params.Model, options(c)...)
	if err == nil {
		c.outcome.Model = json.RawMessage(model.RawJSON())
	}
	return err
}

func embeddings(ctx context.Context, client openai.Client, c *call) error {
	var params openai.EmbeddingNewParams
	if err := json.Unmarshal(c.params, &params); err != nil {
		return err
	}
	answer, err := client.Embeddings.New(ctx, params, options(c)...)
	if err != nil {
		return err
	}
	c.outcome.Embeddings = []embedding{}
	for _, item := range answer.Data {
		c.outcome.Embeddings = append(c.outcome.Embeddings, embedding{item.Index, item.Embedding})
	}
	return nil
}

func chat(ctx context.Context, client openai.Client, c *call) error {
	var params openai.ChatCompletionNewParams
	if err := json.Unmarshal(c.params, &params); err != nil {
		return err
	}
	answer, err := client.Chat.Completions.New(ctx, params, options(c)...)
	if err == nil {
		c.own(func() { surface(c.outcome, answer) })
	}
	return err
}

func stream(ctx context.Context, client openai.Client, c *call) error {
	var params openai.ChatCompletionNewParams
	if err := json.Unmarshal(c.params, &params); err != nil {
		return err
	}
	stream := client.Chat.Completions.NewStreaming(ctx, params, options(c)...)
	defer func() { _ = stream.Close() }()
	if stream.Err() != nil {
		return stream.Err()
	}
	var accumulator openai.ChatCompletionAccumulator
	joiner := newJoiner(c.outcome)
	for stream.Next() {
		if !helper {
			c.own(func() { joiner.add(stream.Current()) })
		} else if accumulator.AddChunk(stream.Current()) {
			c.own(func() { surface(c.outcome, &accumulator.ChatCompletion) })
		} else {
			return errors.New("the accumulator did not take a chunk")
		}
		if c.fault != "" || c.event() {
			return nil
		}
	}
	return stream.Err()
}

// describe puts what the client raised in the outcome's words.
func describe(err error, o *outcome) {
	o.Error = &failure{Kind: "other", Message: err.Error()}
	var api *openai.Error
	var inStream *ssestream.StreamError
	var network net.Error
	var operation *net.OpError
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &api):
		o.Error = &failure{Kind: "api", Status: &api.StatusCode, Message: api.Error()}
		// Its text leaves out what the server said; these are beside it.
		if api.Message != "" {
			o.Error.Message = api.Message
		}
		if api.Code != "" {
			o.Error.Code = &api.Code
		}
		if raw := api.RawJSON(); raw != "" {
			o.Extra["errorBody"] = raw
		}
	case errors.As(err, &inStream):
		o.Error.Kind = "api"
	case errors.Is(err, context.Canceled):
		o.Error.Kind = "abort"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		o.Error.Kind = "timeout"
	case errors.As(err, &operation), errors.As(err, &network), isCut(err):
		o.Error.Kind = "connection"
	case errors.As(err, &syntax):
		o.Error.Kind = "decode"
	}
}

func version() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, module := range info.Deps {
			if module.Path == "github.com/openai/openai-go/v3" {
				return module.Version
			}
		}
	}
	return "unknown"
}
