package classify

import (
	"fmt"
	"hash/fnv"
	"os"
	"regexp"
	"strings"
	"testing"
)

// testdata/source-sentences.txt holds FNV-1a hashes of the sentences in the material that the
// catalogue and the codes were written from, in small letters and without punctuation. Nothing here
// may repeat one: users are to read our own words.
func TestSentencesAreOurOwn(t *testing.T) {
	raw, err := os.ReadFile("testdata/source-sentences.txt")
	if err != nil {
		t.Fatal(err)
	}
	theirs := map[string]bool{}
	for _, h := range strings.Fields(string(raw)) {
		theirs[h] = true
	}
	if len(theirs) < 500 {
		t.Fatalf("only %d hashes", len(theirs))
	}
	check := func(where, text string) {
		for _, s := range sentencesOf(text) {
			if theirs[sentenceHash(s)] {
				t.Errorf("%s repeats a sentence of its source: %s", where, s)
			}
		}
	}
	for c, e := range catalogue() {
		check(string(c), strings.Join(append([]string{e.Title, e.Meaning, e.SettleBy, e.Them}, e.Us...), "\n"))
	}
	for _, n := range numberings() {
		for _, e := range n.entries {
			check(fmt.Sprint(n.space, " ", e.value), strings.Join(append([]string{e.meaning}, e.notes...), "\n"))
		}
	}
}

var (
	sentenceEnd = regexp.MustCompile(`[.;?!]\s+|\n`)
	notAWord    = regexp.MustCompile(`[^a-z0-9 ]+`)
)

// sentencesOf splits a text into sentences of at least four words.
func sentencesOf(text string) []string {
	var out []string
	for _, s := range sentenceEnd.Split(text, -1) {
		words := strings.Fields(notAWord.ReplaceAllString(strings.ToLower(s), " "))
		if len(words) >= 4 {
			out = append(out, strings.Join(words, " "))
		}
	}
	return out
}

func sentenceHash(s string) string {
	h := fnv.New64a()
	h.Write([]byte(s))
	return fmt.Sprintf("%016x", h.Sum64())
}
