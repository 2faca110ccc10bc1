package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"sync"
	"time"

	"github.com/openai/openai-go/v3"
)

// The messages of the adapter protocol, version 1.

type control struct {
	TimeoutMs   *int64 `json:"timeoutMs"`
	MaxRetries  *int   `json:"maxRetries"`
	CancelAfter struct {
		Events *int   `json:"events"`
		Ms     *int64 `json:"ms"`
	} `json:"cancelAfter"`
}

type run struct {
	ID        string          `json:"id"`
	Session   string          `json:"session"`
	Operation string          `json:"operation"`
	BaseURL   string          `json:"baseUrl"`
	APIKey    string          `json:"apiKey"`
	Params    json.RawMessage `json:"params"`
	Control   control         `json:"control"`
}

type incoming struct {
	Hello  *struct{}                 `json:"hello"`
	Run    *run                      `json:"run"`
	Cancel *struct{ ID string }      `json:"cancel"`
	Close  *struct{ Session string } `json:"close"`
	Bye    *struct{}                 `json:"bye"`
}

type failure struct {
	Kind    string  `json:"kind"`
	Status  *int    `json:"status"`
	Message string  `json:"message"`
	Code    *string `json:"code"`
}

type embedding struct {
	Index     int64     `json:"index"`
	Embedding []float64 `json:"embedding"`
}

// outcome is what a user of the client can see of one call; null is what the client does not show.
type outcome struct {
	Final      *final         `json:"final"`
	Events     *int           `json:"events"`
	EventsAtMs []int64        `json:"eventsAtMs,omitempty"`
	Models     []string       `json:"models"`
	Model      any            `json:"model"`
	Embeddings []embedding    `json:"embeddings"`
	Extra      map[string]any `json:"extra"`
	Error      *failure       `json:"error"`
	Truncated  *bool          `json:"truncated"`
}

// call is one call of the client, and where to put what it surfaces: an error later leaves what came before it.
type call struct {
	params  json.RawMessage
	control control
	outcome *outcome
	started time.Time
	// fault is what went wrong in the adapter's own code: no error of the client.
	fault string
}

// own runs the adapter's own code. A panic in it is the adapter's fault; one in the package takes the process down, as it
// takes down the process of a user.
func (c *call) own(work func()) {
	defer func() {
		if cause := recover(); cause != nil {
			c.fault = fmt.Sprint(cause)
		}
	}()
	work()
}

// event counts one event of a stream. True when the consumer is to stop here.
func (c *call) event() bool {
	*c.outcome.Events++
	c.outcome.EventsAtMs = append(c.outcome.EventsAtMs, time.Since(c.started).Milliseconds())
	last := c.control.CancelAfter.Events
	return last != nil && *c.outcome.Events >= *last
}

type operation func(context.Context, openai.Client, *call) error

type adapter struct {
	name, version string
	connect       func(run) openai.Client
	operations    map[string]operation
	describe      func(error, *outcome)
	mutex         sync.Mutex
	sessions      map[string]openai.Client
	running       map[string]context.CancelFunc
}

var output sync.Mutex

func say(message any) {
	output.Lock()
	defer output.Unlock()
	_ = json.NewEncoder(os.Stdout).Encode(message)
}

// serve answers the runner until it says goodbye.
func serve(a *adapter) {
	a.sessions = map[string]openai.Client{}
	a.running = map[string]context.CancelFunc{}
	// Not a Scanner, which has a limit on the length of a line.
	lines := bufio.NewReader(os.Stdin)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		var message incoming
		if err := json.Unmarshal(line, &message); err != nil {
			panic(err)
		}
		switch {
		case message.Hello != nil:
			say(a.hello())
		case message.Run != nil:
			a.start(*message.Run)
		case message.Cancel != nil:
			a.cancel(message.Cancel.ID)
		case message.Close != nil:
			a.mutex.Lock()
			delete(a.sessions, message.Close.Session)
			a.mutex.Unlock()
		case message.Bye != nil:
			return
		}
	}
}

func (a *adapter) hello() any {
	operations := []string{}
	for name := range a.operations {
		operations = append(operations, name)
	}
	client := map[string]string{"name": a.name, "version": a.version, "language": "go", "runtime": runtime.Version()}
	return map[string]any{"hello": map[string]any{
		"protocol": 1, "client": client, "operations": operations,
		"capabilities": []string{"cancel", "timeout", "retries", "n", "tools", "streamOptions"},
		"base":         "v1", "concurrency": 4,
	}}
}

func (a *adapter) start(r run) {
	work, offered := a.operations[r.Operation]
	if !offered {
		say(map[string]any{"skipped": map[string]string{"id": r.ID, "reason": r.Operation + " is not offered"}})
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	if ms := r.Control.CancelAfter.Ms; ms != nil {
		time.AfterFunc(time.Duration(*ms)*time.Millisecond, cancel)
	}
	a.mutex.Lock()
	a.running[r.ID] = cancel
	client, known := a.sessions[r.Session]
	if !known {
		client = a.connect(r)
	}
	if r.Session != "" {
		a.sessions[r.Session] = client
	}
	a.mutex.Unlock()
	go func() {
		defer a.cancel(r.ID)
		c := &call{params: r.Params, control: r.Control, outcome: &outcome{Extra: map[string]any{}}, started: time.Now()}
		if err := work(ctx, client, c); err != nil {
			c.own(func() { a.describe(err, c.outcome) })
		}
		if c.fault != "" {
			say(map[string]any{"failed": map[string]string{"id": r.ID, "message": c.fault}})
			return
		}
		say(map[string]any{"result": map[string]any{"id": r.ID, "outcome": c.outcome}})
	}()
}

func (a *adapter) cancel(id string) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if cancel, ok := a.running[id]; ok {
		cancel()
		delete(a.running, id)
	}
}

// isCut is true of a body that ended before its framing said so.
func isCut(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}
