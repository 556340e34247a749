package matrix

// other is what another client made of a case.
type other struct {
	client string
	passed bool
	said   string
}
