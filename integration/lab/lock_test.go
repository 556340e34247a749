package lab

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"
)

func open(t *testing.T, path string) lock {
	t.Helper()
	l, err := openLock(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.release)
	return l
}

func tryLock(t *testing.T, l lock, want bool) {
	t.Helper()
	got, err := l.try()
	if err != nil {
		t.Fatal(err)
	}
	if got != want {
		t.Errorf("try = %v, want %v", got, want)
	}
}

func TestLockHasOneOwner(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	first, second := open(t, path), open(t, path)
	tryLock(t, first, true)
	tryLock(t, second, false)
	first.release()
	tryLock(t, second, true)
}

func TestLockWaitObeysContext(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	first, second := open(t, path), open(t, path)
	tryLock(t, first, true)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := second.take(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("waiting for a lock that is held: %v", err)
	}
	first.release()
	if err := second.take(t.Context()); err != nil {
		t.Errorf("waiting for a free lock: %v", err)
	}
}
