package report

import (
	"bytes"
	"fmt"
	"io"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"mftprobe/classify"
	"mftprobe/probe"
)

// metricsWriter writes the text form that Prometheus and the node exporter's textfile collector read.
// No server text and no user name becomes a label.
type metricsWriter struct {
	w       io.Writer
	results []Result
}

// Result writes one target.
func (m *metricsWriter) Result(r Result) error {
	m.results = append(m.results, Result{
		Transcript: probe.Transcript{
			Target: r.Target, StartedAt: r.StartedAt, Duration: r.Duration, Steps: r.Steps, Events: phaseMarks(r.Events),
			Connections: r.Connections, Interrupted: r.Interrupted,
		},
		Judgement: r.Judgement,
	})
	return nil
}

// phaseMarks drops all that metrics do not need, so that many targets do not fill the memory.
func phaseMarks(events []probe.Event) []probe.Event {
	out := make([]probe.Event, len(events))
	for i, e := range events {
		out[i] = probe.Event{At: e.At, Phase: e.Phase}
	}
	return out
}

// Close ends the document.
func (m *metricsWriter) Close() error {
	_, err := m.w.Write(metricsOf(m.results, true))
	return err
}

// sample is one line: labels (without the target) and value.
type sample struct {
	labels string
	value  float64
}

// family is a metric with what it takes from a result.
type family struct {
	name, help string
	samples    func(Result) []sample
}

// of returns the samples of a result. A target that was not finished is neither up nor down: it has no samples but the one
// that says so, as a scrape that did not take place has none.
func (f family) of(r Result) []sample {
	if r.unfinished() != (f.name == metricUnfinished) {
		return nil
	}
	return f.samples(r)
}

const metricUnfinished = "probe_mft_unfinished"

// metricsOf returns the metrics of the results. With a target label they can stand in one file.
func metricsOf(results []Result, targetLabel bool) []byte {
	var b bytes.Buffer
	names := metricTargets(results)
	for _, f := range families() {
		var lines bytes.Buffer
		for i, r := range results {
			for _, s := range f.of(r) {
				labels := s.labels
				if targetLabel {
					labels = strings.TrimSuffix(label("target", names[i])+","+labels, ",")
				}
				if labels != "" {
					labels = "{" + labels + "}"
				}
				fmt.Fprintf(&lines, "%s%s %s\n", f.name, labels, strconv.FormatFloat(s.value, 'g', -1, 64))
			}
		}
		if lines.Len() > 0 {
			fmt.Fprintf(&b, "# HELP %s %s\n# TYPE %s gauge\n%s", f.name, f.help, f.name, lines.Bytes())
		}
	}
	b.WriteString("# EOF\n")
	return b.Bytes()
}

// metricTargets names the targets, each in its own way: two series with the same labels make Prometheus refuse the whole
// file. Targets that differ only by the user or the path are numbered from the second on.
func metricTargets(results []Result) []string {
	names, taken, last := make([]string, len(results)), map[string]bool{}, map[string]int{}
	for i, r := range results {
		base := metricTarget(r)
		name := base
		for taken[name] {
			last[base] = max(last[base], 1) + 1
			name = fmt.Sprintf("%s#%d", base, last[base])
		}
		taken[name], names[i] = true, name
	}
	return names
}

// metricTarget names a target without the user.
func metricTarget(r Result) string {
	if r.Target.Name != "" {
		return r.Target.Name
	}
	t := probe.Target{Protocol: r.Target.Protocol, Host: r.Target.Host, Port: r.Target.Port}
	return string(t.Protocol) + "://" + t.HostPort()
}

func label(name, value string) string {
	value = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(strings.ToValidUTF8(value, "?"))
	return name + `="` + value + `"`
}

func one(v float64) []sample { return []sample{{value: v}} }

func families() []family {
	return []family{
		{"probe_success", "Whether every step passed.", func(r Result) []sample { return one(truth(r.passed())) }},
		{"probe_duration_seconds", "How long the probe took.", func(r Result) []sample { return one(time.Duration(r.Duration).Seconds()) }},
		{"probe_dns_lookup_time_seconds", "How long the name lookup took.", func(r Result) []sample { return one(phaseTimes(r)[probe.PhaseDNS].Seconds()) }},
		{"probe_ip_protocol", "IP version of the connection, 4 or 6.", ipVersion},
		{"probe_ssl_earliest_cert_expiry", "When the first certificate of the chain expires, in seconds since 1970.", earliestExpiry},
		{"probe_tls_version_info", "TLS version of the control connection.", tlsVersion},
		{"probe_mft_start_time_seconds", "When the probe began, in seconds since 1970.", func(r Result) []sample {
			return one(float64(time.Time(r.StartedAt).UnixMilli()) / 1000)
		}},
		{"probe_mft_duration_seconds", "How long each phase took.", phaseSamples},
		{"probe_mft_depth", "Steps that passed.", func(r Result) []sample { return one(float64(r.Verdict.Depth.Passed)) }},
		{"probe_mft_steps", "Steps of the script.", func(r Result) []sample { return one(float64(r.Verdict.Depth.Total)) }},
		{"probe_mft_reply_code", "The last code that the server gave in each step.", replyCodes},
		{"probe_mft_findings", "What the run survived, by severity.", findingCounts},
		{"probe_mft_failure_info", "Why the probe failed.", failureInfo},
		{metricUnfinished, "The run was ended before this target was finished; nothing is known about it.", func(Result) []sample { return one(1) }},
	}
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// phaseTimes gives the time before each event to the phase of that event: it was spent waiting for it.
func phaseTimes(r Result) map[probe.Phase]time.Duration {
	out := map[probe.Phase]time.Duration{}
	last := probe.Millis(0)
	for _, e := range r.Events {
		if d := e.At - last; d > 0 {
			out[e.Phase] += time.Duration(d)
			last = e.At
		}
	}
	return out
}

func phaseSamples(r Result) []sample {
	times := phaseTimes(r)
	var out []sample
	for _, p := range r.Target.Protocol.Phases() {
		if d, ok := times[p]; ok {
			out = append(out, sample{label("phase", string(p)), d.Seconds()})
		}
	}
	return out
}

func ipVersion(r Result) []sample {
	for _, c := range r.Connections {
		if ap, err := netip.ParseAddrPort(c.Remote); err == nil && c.Role != "data" {
			if ap.Addr().Unmap().Is4() {
				return one(4)
			}
			return one(6)
		}
	}
	return nil
}

func earliestExpiry(r Result) []sample {
	var first time.Time
	for _, c := range r.Connections {
		if c.TLS == nil || c.Role == "data" {
			continue
		}
		for _, cert := range c.TLS.Chain {
			if end := time.Time(cert.NotAfter); first.IsZero() || end.Before(first) {
				first = end
			}
		}
	}
	if first.IsZero() {
		return nil
	}
	return one(float64(first.Unix()))
}

func tlsVersion(r Result) []sample {
	for _, c := range r.Connections {
		if c.TLS != nil && c.Role != "data" && c.TLS.Version != "" {
			return []sample{{label("version", c.TLS.Version), 1}}
		}
	}
	return nil
}

func replyCodes(r Result) []sample {
	var out []sample
	for _, s := range r.Steps {
		if c := decidingCode(s); c != nil {
			out = append(out, sample{label("step", s.Name), float64(c.Value)})
		}
	}
	return out
}

func findingCounts(r Result) []sample {
	var out []sample
	for _, severity := range []classify.Severity{classify.SeverityInfo, classify.SeverityWarning, classify.SeverityError} {
		n := 0
		for _, f := range r.Findings {
			if f.Severity == severity {
				n++
			}
		}
		out = append(out, sample{label("severity", string(severity)), float64(n)})
	}
	return out
}

func failureInfo(r Result) []sample {
	v := r.Verdict
	if r.passed() {
		return nil
	}
	labels := []string{label("phase", string(v.Phase)), label("cause", string(v.Cause)), label("side", string(v.Side))}
	return []sample{{strings.Join(labels, ","), 1}}
}
