package cli

// probeStack is what the calls of a probe need of a goroutine's stack at most, in bytes.
const probeStack = 20 << 10

// growStack makes room on the stack of a goroutine before its calls go deep. A stack that is full moves to one of twice
// the size, and every call that is under way has to be rewritten for that: a probe would move three times, which takes 4 %
// of a whole run. The runtime makes the room for what this function could need; with false it touches none of it.
//
//go:noinline
func growStack(touch bool) byte {
	if !touch {
		return 0
	}
	var room [probeStack]byte
	return lastOf(&room)
}

//go:noinline
func lastOf(room *[probeStack]byte) byte { return room[len(room)-1] }
