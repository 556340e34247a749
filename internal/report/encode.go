package report

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// encoder writes a result as json.MarshalIndent would, safe on a terminal. A program that probes once and
// ends spends more time on what encoding/json prepares for its types than on encoding: this takes half of
// the memory, and 0.2 ms less of a probe of 6 ms.
type encoder struct {
	out    []byte
	indent bool
	depth  int
	types  map[reflect.Type][]jsonField
	err    error
}

// jsonField is a field of a struct with its key, ready to be written.
type jsonField struct {
	index     int
	key       string
	omitEmpty bool
}

// documented is a type that JSON shows as another value, and that can tell it. Its MarshalJSON would prepare
// encoding/json for that type, which takes longer than all the rest.
type documented interface{ Document() any }

var (
	marshaler  = reflect.TypeFor[json.Marshaler]()
	documenter = reflect.TypeFor[documented]()
)

// outputSize is what the default script fills, in bytes. Smaller, the output would be copied while it grows.
const outputSize = 32 << 10

func newEncoder(indent bool) *encoder {
	return &encoder{out: make([]byte, 0, outputSize), indent: indent, types: map[reflect.Type][]jsonField{}}
}

// encode returns the text of v, which is valid until the next call.
func (e *encoder) encode(v any) ([]byte, error) {
	e.out, e.err = e.out[:0], nil
	e.value(reflect.ValueOf(v))
	return e.out, e.err
}

func (e *encoder) value(v reflect.Value) {
	if v.Kind() == reflect.Struct && v.Type().Implements(documenter) {
		v = reflect.ValueOf(v.Interface().(documented).Document())
	}
	if v.Type().Implements(marshaler) && (v.Kind() != reflect.Pointer || !v.IsNil()) {
		e.marshaled(v)
		return
	}
	switch v.Kind() {
	case reflect.String:
		e.text(v.String())
	case reflect.Bool:
		e.out = strconv.AppendBool(e.out, v.Bool())
	case reflect.Int, reflect.Int64:
		e.out = strconv.AppendInt(e.out, v.Int(), 10)
	case reflect.Pointer:
		e.pointer(v)
	case reflect.Struct:
		e.object(v)
	case reflect.Map:
		e.dictionary(v)
	case reflect.Slice:
		e.list(v)
	default:
		e.err = fmt.Errorf("encoding the result: no form for %s", v.Type())
	}
}

func (e *encoder) marshaled(v reflect.Value) {
	text, err := v.Interface().(json.Marshaler).MarshalJSON()
	if err != nil {
		e.err = err
	}
	e.out = layOut(e.out, text, layout{e.indent, e.depth})
}

func (e *encoder) pointer(v reflect.Value) {
	if v.IsNil() {
		e.out = append(e.out, "null"...)
		return
	}
	e.value(v.Elem())
}

func (e *encoder) object(v reflect.Value) {
	e.open('{')
	empty := true
	for _, f := range e.fields(v.Type()) {
		field := v.Field(f.index)
		if f.omitEmpty && isEmpty(field) {
			continue
		}
		e.next(&empty)
		e.out = append(e.out, f.key...)
		e.colon()
		e.value(field)
	}
	e.close('}', empty)
}

func (e *encoder) dictionary(v reflect.Value) {
	if v.IsNil() {
		e.out = append(e.out, "null"...)
		return
	}
	keys := make(map[string]reflect.Value, v.Len())
	for it := v.MapRange(); it.Next(); {
		keys[it.Key().String()] = it.Value()
	}
	e.open('{')
	empty := true
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		e.next(&empty)
		e.text(key)
		e.colon()
		e.value(keys[key])
	}
	e.close('}', empty)
}

func (e *encoder) list(v reflect.Value) {
	if v.IsNil() {
		e.out = append(e.out, "null"...)
		return
	}
	e.open('[')
	empty := true
	for i := range v.Len() {
		e.next(&empty)
		e.value(v.Index(i))
	}
	e.close(']', empty)
}

func (e *encoder) open(c byte) {
	e.out = append(e.out, c)
	e.depth++
}

// next goes on to the next member of what is open.
func (e *encoder) next(empty *bool) {
	if !*empty {
		e.out = append(e.out, ',')
	}
	*empty = false
	e.line()
}

func (e *encoder) close(c byte, empty bool) {
	e.depth--
	if !empty {
		e.line()
	}
	e.out = append(e.out, c)
}

func (e *encoder) line() {
	if e.indent {
		e.out = newLine(e.out, e.depth)
	}
}

func (e *encoder) colon() {
	if e.out = append(e.out, ':'); e.indent {
		e.out = append(e.out, ' ')
	}
}

// text writes a string; what is not plain is left to encoding/json.
func (e *encoder) text(s string) {
	if isPlain(s) {
		e.out = append(append(append(e.out, '"'), s...), '"')
		return
	}
	text, err := json.Marshal(s)
	if err != nil {
		e.err = err
	}
	e.out = appendSafe(e.out, text)
}

// isPlain tells whether a string stands in JSON as it is.
func isPlain(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case c < ' ', c > '~', c == '"', c == '\\', c == '<', c == '>', c == '&':
			return false
		}
	}
	return true
}

// fields returns the fields of a struct type, in their order.
func (e *encoder) fields(t reflect.Type) []jsonField {
	if list, ok := e.types[t]; ok {
		return list
	}
	list := make([]jsonField, t.NumField())
	for i := range list {
		name, options, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		list[i] = jsonField{i, `"` + name + `"`, options == "omitempty"}
	}
	e.types[t] = list
	return list
}

func isEmpty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Slice, reflect.Map, reflect.String:
		return v.Len() == 0
	case reflect.Struct:
		return false
	}
	return v.IsZero()
}
