package classify

import (
	"bufio"
	"os"
	"slices"
	"strings"
	"testing"

	"mftprobe/probe"
)

// TestRefusals plays the refusals of many servers at their place in a session. A cause that an expert
// would not name may come out first now and then; it must never be certain.
func TestRefusals(t *testing.T) {
	f, err := os.Open("testdata/refusals.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	total, right := 0, 0
	for lines := bufio.NewScanner(f); lines.Scan(); {
		line := lines.Text()
		if strings.HasPrefix(line, "#") {
			continue
		}
		parts := strings.Split(line, " | ")
		if len(parts) != 4 {
			t.Fatalf("%q", line)
		}
		v := Judge(turnedAway(t, parts[0], parts[1], parts[2])).Verdict
		total++
		if slices.Contains(strings.Fields(parts[3]), string(v.Cause)) {
			right++
			continue
		}
		t.Logf("%s: %s (%s)", line, v.Cause, v.Confidence)
		if v.Confidence == Certain {
			t.Errorf("certain and wrong: %s: %s", line, v.Cause)
		}
	}
	t.Logf("%d of %d right", right, total)
	if right*100 < leastCause*total {
		t.Errorf("%d of %d right, want %d %%", right, total, leastCause)
	}
}

// turnedAway is a session that ends with a refusal.
func turnedAway(t *testing.T, place, greeting, reply string) probe.Transcript {
	t.Helper()
	words := strings.Fields(place)
	protocol, verb, late := words[0], words[1], len(words) > 2
	w := &writer{rec: recorded{want: map[string]string{}}}
	say := func(lines ...string) {
		for _, line := range lines {
			if err := w.line(line); err != nil {
				t.Fatalf("%q: %v", line, err)
			}
		}
	}
	op := opOf(verb, "")
	target := "target " + protocol + " 21"
	switch verb {
	case "greeting":
		say(target, "step connect connect fail", "ev connect phase=tcp", "< "+reply)
	case "USER", "AUTH", "PASS":
		say(target, "step connect connect pass", "ev connect phase=tcp", "< 220 "+greeting)
		if protocol == "ftpes" && verb != "AUTH" {
			say("> AUTH TLS", "< 234 Go on", "ev handshake phase=tls resumed=false")
		}
		say("step login login fail")
		if verb == "PASS" {
			say("> USER acme", "< 331 Password")
		}
		say("> "+verb+" acme", "< "+reply)
	default:
		opening := map[bool]string{true: "secure ", false: "plain "}[protocol == "ftpes"]
		say(opening+greeting, "step last "+string(op)+" fail")
		if transfers(verb) {
			say("> EPSV", "< 229 Entering Extended Passive Mode (|||50000|)", "ev connect conn=data-1 phase=data-connect")
		}
		say("> " + strings.TrimSpace(verb+map[bool]string{true: "", false: " name.txt"}[slices.Contains(listVerbs, verb) || verb == "PWD" || verb == "PASV"]))
		if late {
			say("< 150 Opening")
		}
		say("< " + reply)
	}
	w.finish()
	return w.rec.t
}
