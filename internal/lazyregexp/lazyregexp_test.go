package lazyregexp

import (
	"sync"
	"testing"
)

func TestFirstUseByMany(t *testing.T) {
	re := New(`^a(b*)$`)
	if re.re != nil {
		t.Error("it is compiled before anybody uses it")
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if got := re.FindStringSubmatch("abb"); len(got) != 2 || got[1] != "bb" {
				t.Errorf("%q", got)
			}
		})
	}
	wg.Wait()
	if re.String() != `^a(b*)$` {
		t.Error(re.String())
	}
}

func TestNoExpression(t *testing.T) {
	re := New("(")
	defer func() {
		if recover() == nil {
			t.Error("what is no expression is used without a word")
		}
	}()
	re.MatchString("")
}
