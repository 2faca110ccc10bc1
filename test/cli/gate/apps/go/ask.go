// Package ask is a small app on Go's standard library: it answers, and knows nothing of gatetape.
package ask

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
)

const model = "qwen3-coder"

type message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

type question struct {
	Model    string    `json:"model"`
	Messages []message `json:"messages"`
	Stream   bool      `json:"stream,omitempty"`
}

type answer struct {
	Choices []struct {
		Message message `json:"message"`
		Delta   message `json:"delta"`
	} `json:"choices"`
}

func send(method, path string, body any) (*http.Response, error) {
	var data bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&data).Encode(body); err != nil {
			return nil, err
		}
	}
	request, err := http.NewRequest(method, os.Getenv("OPENAI_BASE_URL")+path, &data)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+os.Getenv("OPENAI_API_KEY"))
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := http.DefaultClient.Do(request)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("answered %s", response.Status)
	}
	return response, err
}

func ask(text string) (string, error) {
	response, err := send("POST", "/chat/completions", question{Model: model, Messages: []message{{"user", text}}})
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	var got answer
	if err := json.NewDecoder(response.Body).Decode(&got); err != nil {
		return "", err
	}
	return got.Choices[0].Message.Content, nil
}

func tell(text string) (string, error) {
	response, err := send("POST", "/chat/completions", question{Model: model, Messages: []message{{"user", text}}, Stream: true})
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	said := ""
	lines := bufio.NewScanner(response.Body)
	for lines.Scan() {
		data, found := strings.CutPrefix(lines.Text(), "data: ")
		if !found || data == "[DONE]" {
			continue
		}
		var chunk answer
		if err := json.Unmarshal([]byte(data), &chunk); err != nil {
			return "", err
		}
		for _, choice := range chunk.Choices {
			said += choice.Delta.Content
		}
	}
	return said, lines.Err()
}

func models() (int, error) {
	response, err := send("GET", "/models", nil)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	var list struct {
		Data []struct{} `json:"data"`
	}
	return len(list.Data), json.NewDecoder(response.Body).Decode(&list)
}
