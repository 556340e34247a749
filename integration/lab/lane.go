package lab

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

const (
	lanes         = 10
	firstPorts    = 22 // the ports of the first lane are 22000 to 22999
	projectPrefix = "mftprobe-lab-"

	// locksFolder must not depend on the environment: processes with different TMPDIR have to meet here.
	locksFolder = "/tmp/mftprobe-lab"
	lanePause   = time.Second // between two looks for a free lane
)

// A lane is a whole set of servers with ports of its own. Test binaries that run at the same time take a lane each, of
// whatever checkout they are: a wait for somebody else's servers would count against their own time limit.
type lane struct {
	project string // name of the compose project
	ports   string // what all port numbers begin with
	held    lock
}

// openLane returns a lane and whether it is ours now: it is until its lock is released or the process dies.
func openLane(number int) (lane, bool, error) {
	name := projectPrefix + strconv.Itoa(number)
	held, err := openLock(filepath.Join(locksFolder, name+".lock"))
	if err != nil {
		return lane{}, false, err
	}
	ours, err := held.try()
	if !ours {
		held.release()
	}
	return lane{project: name, ports: strconv.Itoa(firstPorts + number), held: held}, ours, err
}

// takeLane waits for the first lane that no other process has and whose ports no other program has. What a process that
// died has left in a lane is removed.
func takeLane(ctx context.Context, root string) (lane, error) {
	if err := os.MkdirAll(locksFolder, 0o755); err != nil {
		return lane{}, fmt.Errorf("making the folder of the locks: %w", err)
	}
	for {
		found, obstacle, err := freeLane(ctx, root)
		if err != nil || obstacle == "" {
			return found, err
		}
		select {
		case <-ctx.Done():
			return lane{}, fmt.Errorf("no set of ports is free on %s: %s: %w", loopback, obstacle, ctx.Err())
		case <-time.After(lanePause):
		}
	}
}

// freeLane returns a lane, or what is in the way of the last one.
func freeLane(ctx context.Context, root string) (found lane, obstacle string, err error) {
	for number := range lanes {
		l, ours, err := openLane(number)
		if err != nil {
			return lane{}, "", err
		}
		if !ours {
			obstacle = "other tests have the ports of " + l.project
			continue
		}
		if err := remove(ctx, l.project); err != nil {
			l.held.release()
			return lane{}, "", err
		}
		services, err := readServices(root, l.ports)
		if err != nil {
			l.held.release()
			return lane{}, "", err
		}
		port, found := taken(services)
		if !found {
			return l, "", nil
		}
		l.held.release()
		obstacle = fmt.Sprintf("port %d is taken by %s", port, holder(ctx, port))
	}
	return lane{}, obstacle, nil
}
