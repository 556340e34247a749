package lab

import (
	"testing"
)

func TestMain(m *testing.M) { Main(m) }

func TestServersComeUp(t *testing.T) {
	for _, f := range []string{"none", "tls-expired"} {
		s := Use(t, VSFTPD, f)
		t.Log(s.Addr(t, Plain), s.Files(t, "upload"), s.Faults(t)[:3])
		break
	}
	s := Use(t, OpenSSH, "none")
	t.Log(s.KnownHosts(t))
	t.Log(Netfault(t, "close"))
}
