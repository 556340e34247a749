package config

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

func ftpSettings() []Setting {
	return []Setting{
		{
			Name: "data-mode", Arg: "MODE", Group: groupFTP, Help: "auto, epsv, pasv, port or eprt (auto: EPSV, then PASV)",
			set: oneOf(func(d *draft, w string) { d.target.FTP.DataMode = w }, "auto", "epsv", "pasv", "port", "eprt"),
		},
		{
			Name: "active-address", Arg: "ADDRESS", Group: groupFTP, Help: "announce this address in PORT and EPRT",
			set: address(func(d *draft) *netip.Addr { return &d.target.FTP.ActiveAddress }),
		},
		{Name: "active-ports", Arg: "LOW-HIGH", Group: groupFTP, Help: "listen on one of these ports in active mode", set: setActivePorts},
		{
			Name: "trust-pasv-address", Group: groupFTP, Help: "dial the address in the reply to PASV, not the server's own",
			set: toggle(func(d *draft, on bool) { d.target.FTP.TrustPasvAddress = on }),
		},
		{
			Name: "list-command", Arg: "COMMAND", Group: groupFTP, Help: "auto, mlsd, list or nlst (auto: what FEAT offers)",
			set: oneOf(func(d *draft, w string) { d.target.FTP.ListCommand = w }, "auto", "mlsd", "list", "nlst"),
		},
		{
			Name: "type", Arg: "TYPE", Group: groupFTP, Help: "I, binary, or A, text (I)",
			set: oneOf(func(d *draft, w string) { d.target.FTP.Type = w }, "I", "A"),
		},
		{
			Name: "virtual-host", Arg: "NAME", Group: groupFTP, Help: "send HOST NAME before the login (RFC 7151)",
			set: func(d *draft, text string) (err error) {
				d.target.FTP.VirtualHost, err = checkHost(text)
				return err
			},
		},
		{
			Name: "second-opinion", Group: groupFTP, Help: "repeat typed operations without the FTP library and compare",
			set: toggle(func(d *draft, on bool) { d.target.FTP.SecondOpinion = on }),
		},
	}
}

func setActivePorts(d *draft, text string) error {
	low, high, ok := strings.Cut(text, "-")
	if !ok {
		high = low
	}
	l, errLow := strconv.Atoi(low)
	h, errHigh := strconv.Atoi(high)
	if errLow != nil || errHigh != nil || l < 1 || h > 65535 || l > h {
		return fmt.Errorf("%q is not a range of ports such as 50000-50100", text)
	}
	d.target.FTP.ActivePortLow, d.target.FTP.ActivePortHigh = l, h
	return nil
}
