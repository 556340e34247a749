package foreignlog

import (
	"testing"
	"time"
)

// TestYearless: the year that syslog leaves out, on both sides of the end of a year and on 29 February.
func TestYearless(t *testing.T) {
	for _, tt := range []struct{ now, text, want string }{
		{"2026-11-24 12:00:00", "Nov 24 11:59:59", "2026-11-24 11:59:59"},
		{"2026-11-24 12:00:00", "Nov 25 11:59:59", "2026-11-25 11:59:59"},
		{"2026-11-24 12:00:00", "Nov 26 12:00:00", "2025-11-26 12:00:00"},
		{"2027-01-01 00:00:01", "Dec 31 23:59:59", "2026-12-31 23:59:59"},
		{"2027-01-01 00:00:01", "Jan  1 00:00:00", "2027-01-01 00:00:00"},
		{"2026-12-31 23:59:58", "Jan  1 00:00:03", "2027-01-01 00:00:03"},
		{"2026-12-31 15:00:00", "Jan  1 00:00:00", "2027-01-01 00:00:00"},
		{"2026-12-31 15:00:00", "Jan  2 00:00:00", "2026-01-02 00:00:00"},
		{"2028-02-29 23:59:58", "Feb 29 23:59:57", "2028-02-29 23:59:57"},
		{"2028-02-28 23:59:58", "Feb 29 00:00:01", "2028-02-29 00:00:01"},
		{"2027-03-01 00:00:00", "Feb 29 12:00:00", "2024-02-29 12:00:00"},
	} {
		now, err := time.Parse(time.DateTime, tt.now)
		if err != nil {
			t.Fatal(err)
		}
		b := &book{now: func() time.Time { return now }, zone: time.UTC, known: map[string]bool{}}
		if got := b.yearless(tt.text).Format(time.DateTime); got != tt.want {
			t.Errorf("at %s, %s is taken for %s, want %s", tt.now, tt.text, got, tt.want)
		}
	}
}
