package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"mftprobe/internal/config"
	"mftprobe/probe"
)

// toolName is the name in results, on the wire and before errors.
const toolName = "mftprobe"

// program is the process's surroundings, passed to every command.
type program struct {
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
	tty    terminal
	env    *config.Env
	tool   probe.Tool

	stopped atomic.Bool // a signal was the answer to a question

	widen func() // lets the process use all processors; see package oneproc
}

// Main runs the command line of the process and returns its exit status. It calls widen before it does
// anything that more than one processor would help with.
func Main(widen func()) int {
	// Without this a closed pipe kills the process before it has removed its files from the server.
	signal.Ignore(syscall.SIGPIPE)
	ctx, stop := interruptible(context.Background())
	defer stop()
	p := &program{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, tty: openTerminal(), tool: buildTool(), widen: widen}
	p.env = p.newEnv()
	cobra.EnableCommandSorting = false // the commands stand in the order in which one meets them
	return p.run(ctx, os.Args[1:])
}

// run executes one command line. An error is told on standard error, a line for each problem.
func (p *program) run(ctx context.Context, args []string) int {
	if len(args) > 0 && args[0] != "run" && args[0] != "check" {
		p.widen()
	}
	help := &keeper{w: p.stdout}
	root := p.root(args, help)
	root.SetArgs(args)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil && help.err != nil {
		err = outputError("standard output", help.err)
	}
	if err == nil {
		return helpStatus(cmd)
	}
	var status *exitError
	if errors.As(err, &status) && status.err == nil {
		return status.code
	}
	if cmd.Name() == "check" {
		return p.checkFailed(err)
	}
	if p.stopped.Load() {
		p.complain(errInterrupted, cmd)
		return exitInterrupt
	}
	p.complain(err, cmd)
	if status != nil {
		return status.code
	}
	return exitMisuse
}

// keeper remembers the first error of a writer whose user asks for none.
type keeper struct {
	w   io.Writer
	err error
}

// Write writes.
func (k *keeper) Write(b []byte) (int, error) {
	n, err := k.w.Write(b)
	if k.err == nil {
		k.err = err
	}
	return n, err
}

// helpStatus is 0, but for the help of a plugin, which a monitor must not take for OK.
func helpStatus(cmd *cobra.Command) int {
	if help := cmd.Flags().Lookup("help"); cmd.Name() == "check" && help != nil && help.Changed {
		return exitMisuse
	}
	return exitPass
}

// complain prints an error. Only problems of the command line point to the help. A reader that has read enough, such as
// head, is no problem of anybody.
func (p *program) complain(err error, cmd *cobra.Command) {
	if errors.Is(err, syscall.EPIPE) {
		return
	}
	for line := range strings.SplitSeq(err.Error(), "\n") {
		fmt.Fprintf(p.stderr, "%s: %s\n", toolName, line)
	}
	var usage *usageError
	if errors.As(err, &usage) {
		fmt.Fprintf(p.stderr, "%s: see %s --help\n", toolName, cmd.CommandPath())
	}
}

// commands make the subcommands, in the order of the help.
var commands = []struct {
	name string
	make func(*program) *cobra.Command
}{
	{"run", (*program).runCommand},
	{"check", (*program).checkCommand},
	{"explain", (*program).explainCommand},
	{"judge", (*program).judgeCommand},
	{"compare", (*program).compareCommand},
	{"serve", (*program).serveCommand},
	{"demo", (*program).demoCommand},
	{"version", (*program).versionCommand},
	{"exit-codes", func(*program) *cobra.Command { return exitCodesTopic() }},
}

// wanted returns the command that args name, or all of them for help, completion and mistakes. A
// probe that cron starts every few minutes need not define some hundred flags that it has no use for.
func (p *program) wanted(args []string) []*cobra.Command {
	var all []*cobra.Command
	for _, c := range commands {
		if len(args) > 0 && c.name == args[0] {
			return []*cobra.Command{c.make(p)}
		}
	}
	for _, c := range commands {
		all = append(all, c.make(p))
	}
	return all
}

func (p *program) root(args []string, out io.Writer) *cobra.Command {
	version := false
	root := &cobra.Command{
		Use:   toolName,
		Short: "Test FTP, FTPS and SFTP endpoints: what works, where it fails, why, and on whose side",
		Long: "mftprobe connects to an FTP, FTPS or SFTP endpoint, goes through a list of\n" +
			"steps and says where it failed, why, on whose side that is, how sure it is, and\n" +
			"what to do.",
		Example:       "  mftprobe demo\n  mftprobe run ftpes://alice@ftp.example.com/inbox\n  mftprobe explain 425",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          noCommand,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if version {
				return p.printVersion()
			}
			return cmd.Help()
		},
	}
	root.Flags().BoolVarP(&version, "version", "V", false, "print the version")
	root.SetIn(p.stdin)
	root.SetOut(out)
	root.SetErr(p.stderr)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return &usageError{flagProblem(cmd, err)} })
	root.SetUsageFunc(usage)
	list := p.wanted(args)
	root.AddCommand(list...)
	if root.CompletionOptions.DisableDefaultCmd = len(list) == 1; len(list) > 1 { // else the command is known
		root.SetHelpCommand(helpCommand())
		completionWithoutShell(root)
	}
	return root
}

// usageError is a command line that cannot be understood.
type usageError struct{ err error }

// Error returns the error's own text.
func (e *usageError) Error() string { return e.err.Error() }

// Unwrap returns what was wrong.
func (e *usageError) Unwrap() error { return e.err }

// interruptible returns a context that the first SIGINT or SIGTERM ends; clean-up follows. The second
// signal ends the process at once.
func interruptible(parent context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-signals
		cancel(errInterrupted)
		select {
		case <-signals:
		case <-time.After(patience):
			fmt.Fprintf(os.Stderr, "%s: interrupted; what was made on the server is being removed. A second signal ends at once\n", toolName)
			<-signals
		}
		fmt.Fprintf(os.Stderr, "%s: ended without clean-up; what this run made may still be on the server\n", toolName)
		os.Exit(exitInterrupt)
	}()
	return ctx, func() { cancel(nil) }
}

// patience is how long a clean-up may take before it is explained.
const patience = time.Second

var errInterrupted = errors.New("interrupted")

// buildTool takes the version from the build: a release's tag, or the commit.
func buildTool() probe.Tool {
	tool := probe.Tool{Name: toolName, Version: "devel"}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return tool
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		tool.Version = strings.TrimPrefix(v, "v")
		return tool
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			tool.Version = "devel-" + s.Value[:12]
		}
	}
	return tool
}

func (p *program) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Args: noArguments,
		RunE: func(*cobra.Command, []string) error { return p.printVersion() },
	}
}

func (p *program) printVersion() error {
	_, err := fmt.Fprintf(p.stdout, "%s %s\n", p.tool.Name, p.tool.Version)
	return outputError("standard output", err)
}
