package cli

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/term"
)

// pseudoTerminal returns both ends of a new one.
func pseudoTerminal(t *testing.T) (master, slave *os.File) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { master.Close() })
	var number, locked int32
	for _, call := range []struct {
		request uintptr
		value   *int32
	}{{syscall.TIOCSPTLCK, &locked}, {syscall.TIOCGPTN, &number}} {
		if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, master.Fd(), call.request, uintptr(unsafe.Pointer(call.value))); errno != 0 {
			t.Fatal(errno)
		}
	}
	slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { slave.Close() })
	return master, slave
}

// TestInterruptAtPrompt: Ctrl-C at the question for the password ends the program, and the terminal shows again what is
// typed.
func TestInterruptAtPrompt(t *testing.T) {
	for command, want := range map[string]int{"run ftp://alice@127.0.0.1:1/ ftp://bob@127.0.0.1:1/": exitInterrupt, "check -H ftp://alice@127.0.0.1:1/": exitMisuse} {
		master, slave := pseudoTerminal(t)
		before, err := term.GetState(int(slave.Fd()))
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), toolName, strings.Fields(command)...)
		cmd.Stdin, cmd.Stdout, cmd.Stderr = slave, slave, slave
		cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		var shown watched
		go func() {
			b := make([]byte, 1024)
			for {
				n, err := master.Read(b)
				if err != nil {
					return
				}
				_, _ = shown.Write(b[:n])
			}
		}()
		until(func() bool { return strings.Contains(shown.String(), "Password for alice@127.0.0.1:1: ") })
		time.Sleep(50 * time.Millisecond) // the question comes before the echo goes
		if _, err := master.WriteString("\x03"); err != nil {
			t.Fatal(err)
		}
		ended := time.AfterFunc(10*time.Second, func() { _ = cmd.Process.Kill() })
		_ = cmd.Wait() // the exit status tells
		ended.Stop()
		if got := cmd.ProcessState.ExitCode(); got != want {
			t.Errorf("%s: exit status %d, shown %q", command, got, shown.String())
		}
		until(func() bool { return strings.Contains(shown.String(), "interrupted") })
		if !strings.Contains(shown.String(), "interrupted") {
			t.Errorf("%s: shown %q", command, shown.String())
		}
		if strings.Contains(shown.String(), "bob") {
			t.Errorf("%s: asked on: %q", command, shown.String())
		}
		if after, err := term.GetState(int(slave.Fd())); err != nil || *after != *before {
			t.Errorf("%s: the terminal is not as it was: %v", command, err)
		}
	}
}
