package report

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"mftprobe/probe"
)

// fill gives every field of v a value that is not its zero, and strings that need care.
func fill(v reflect.Value, count *int) {
	*count++
	if t, ok := v.Addr().Interface().(*probe.Timestamp); ok {
		*t = probe.Timestamp(time.Unix(int64(*count), 0))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString([]string{"plain", `"quoted\"`, "<tag> & ä\u202e", "line\r\n\x00\x1b[31m", "bad\xff"}[*count%5])
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(*count) * 1_000_003)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), count)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			fill(v.Index(i), count)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for _, key := range []string{"zebra", "alpha", "m<n"} {
			element := reflect.New(v.Type().Elem()).Elem()
			fill(element, count)
			v.SetMapIndex(reflect.ValueOf(key), element)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), count)
		}
	}
}

// Every field of a result, filled and empty, is written as encoding/json would.
func TestEncodeIsEncodingJSON(t *testing.T) {
	var full Result
	count := 0
	fill(reflect.ValueOf(&full).Elem(), &count)
	for name, r := range map[string]Result{"empty": {}, "full": full} {
		plain, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		for _, indent := range []bool{false, true} {
			want := layOut(nil, plain, layout{indent: indent})
			got, err := newEncoder(indent).encode(r.document())
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%s: indent %t:\n%s\nwant\n%s", name, indent, got, want)
			}
		}
	}
}

func TestEncodeRefusesWhatItDoesNotKnow(t *testing.T) {
	if out, err := newEncoder(false).encode(struct {
		F float64 `json:"f"`
	}{1}); err == nil {
		t.Errorf("a number with a fraction became %s", out)
	}
}

func BenchmarkEncode(b *testing.B) {
	var full Result
	count := 0
	fill(reflect.ValueOf(&full).Elem(), &count)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := newEncoder(true).encode(full.document()); err != nil {
			b.Fatal(err)
		}
	}
}
