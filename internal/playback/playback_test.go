package playback

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"
)

func TestParse(t *testing.T) {
	acts, err := parse("# a comment\nS: 220 hi\n\n  C: QUIT\n---\nclose\n")
	if err != nil || len(acts) != 2 || len(acts[0]) != 2 || len(acts[1]) != 1 {
		t.Errorf("%v %v", acts, err)
	}
	for _, bad := range []string{"X: 220", "S= 220", "wait long", "repeat many S: x", "repeat 3 dance", "dribble x y", "data dance", "data send x", "data take x"} {
		if _, err := parse(bad); err == nil {
			t.Errorf("%q is taken for an action", bad)
		}
	}
}

func TestMatches(t *testing.T) {
	for _, tt := range []struct {
		pattern, line string
		want          bool
	}{
		{"PORT *", "PORT 127,0,0,1,1,2", true},
		{"EPRT |1|127.0.0.1|*|", "EPRT |1|127.0.0.1|99|", true},
		{"STOR */b[1]", "STOR a/b[1]", true},
		{"STOR *", "RETR x", false},
		{"STOR", "STOR x", false},
	} {
		if got := matches(tt.pattern, tt.line); got != tt.want {
			t.Errorf("%q and %q: %v", tt.pattern, tt.line, got)
		}
	}
}

func TestAnnounced(t *testing.T) {
	for line, want := range map[string]string{
		"PORT 127,0,0,1,1,2": "127.0.0.1:258", "EPRT |1|127.0.0.1|99|": "127.0.0.1:99", "EPRT |2|::1|99|": "[::1]:99", "PORT 1,2": "", "LIST": "",
	} {
		if got, err := announced(line); got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q %v", line, got, err)
		}
	}
}

// TestConversation: the server says its part, takes the client's, and opens a data connection.
func TestConversation(t *testing.T) {
	server := Serve(t, "S: 220 hi\nC: EPSV\ndata listen\nS: 229 (|||{port}|)\ndata accept\ndata send \"abc\"\ndata close\nclose")
	conn, err := net.Dial("tcp4", fmt.Sprintf("127.0.0.1:%d", server.Port()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	in := bufio.NewReader(conn)
	if line, err := in.ReadString('\n'); line != "220 hi\r\n" || err != nil {
		t.Fatalf("%q %v", line, err)
	}
	if _, err := io.WriteString(conn, "EPSV\r\n"); err != nil {
		t.Fatal(err)
	}
	var port int
	line, _ := in.ReadString('\n')
	if _, err := fmt.Sscanf(line, "229 (|||%d|)", &port); err != nil {
		t.Fatalf("%q: %v", line, err)
	}
	data, err := net.Dial("tcp4", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		t.Fatal(err)
	}
	defer data.Close()
	if got, err := io.ReadAll(data); string(got) != "abc" || err != nil {
		t.Errorf("%q %v", got, err)
	}
	if _, err := in.ReadByte(); !errors.Is(err, io.EOF) {
		t.Errorf("at the end %v", err)
	}
	server.Wait()
}
