// Package report writes results in the forms that people and their tools read: text, JSON, JSON lines,
// Markdown, JUnit, a monitoring plugin's lines, Prometheus metrics. There is a file for each form.
//
// What a server said is data here: control characters, terminal escapes and characters that reorder
// text are shown escaped, length is limited, and no form can be broken by it. The package judges
// nothing and opens nothing; internal/cli hands it writers. It imports probe and classify.
package report
