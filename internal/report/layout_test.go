package report

import (
	"bytes"
	"encoding/json"
	"testing"
)

// layOut writes what json.Indent and json.Compact would, and escapes what a terminal might obey.
func TestLayOut(t *testing.T) {
	for _, text := range []string{
		`{}`, `[]`, `null`, `""`, `[[],{},[{}],{"a":[]}]`, `{"a":1,"b":[true,null,-1.5e3],"c":{"d":"e"}}`,
		`"a\"b\\"`, `{"\\":"{[,:]}","x":"\\\""}`, `[1,2,[3,[4]]]`, `"ä ö → 文"`,
	} {
		var want bytes.Buffer
		if err := json.Indent(&want, []byte(text), "", "  "); err != nil {
			t.Fatal(err)
		}
		if got := string(layOut(nil, []byte(text), layout{indent: true})); got != want.String() {
			t.Errorf("%s becomes\n%s\nwant\n%s", text, got, want.String())
		}
		if got := string(layOut(nil, []byte(text), layout{})); got != text {
			t.Errorf("%s without indentation becomes %s", text, got)
		}
	}
	for in, want := range map[string]string{
		"\"a\u009bb\"":            `"a\u009bb"`,
		"\"\u202e\u2066x\u2028\"": `"\u202e\u2066x\u2028"`,
		"\"del\x7f\"":             `"del\u007f"`,
		"\"\U000e0041\"":          `"\udb40\udc41"`,
		"\"\ue000 é\"":            `"\ue000 é"`,
	} {
		got := layOut(nil, []byte(in), layout{})
		if string(got) != want {
			t.Errorf("%q becomes %s, want %s", in, got, want)
		}
		var before, after string
		if json.Unmarshal([]byte(in), &before) != nil || json.Unmarshal(got, &after) != nil || before != after {
			t.Errorf("%q has another value as %s", in, got)
		}
	}
}
