package foreignlog

import (
	"errors"
	"fmt"
	"strings"
)

// Format is a kind of log that can be read.
type Format struct {
	Name        string // as the user writes it
	Description string
}

// parser takes the lines of one log in order.
type parser interface {
	line(text string)
	end()
}

// format is a Format with what reads it. score says how much a line looks like it: nothing for
// most lines, and more the less another program would write it.
type format struct {
	Format
	score func(line string) int
	open  func(*book) parser
}

// formats are in the order in which they win a draw.
var formats = []format{
	{Format{"filezilla", "FileZilla client: message log or log file, any language"}, scoreFileZilla, openFileZilla},
	{Format{"filezilla-server", "FileZilla Server: log of 0.9 and of 1.x"}, scoreFileZillaServer, openFileZillaServer},
	{Format{"winscp", "WinSCP session log"}, scoreWinSCP, openWinSCP},
	{Format{"winscp-xml", "WinSCP XML log"}, scoreWinSCPXML, openWinSCPXML},
	{Format{"lftp", "lftp with -d or debug"}, scoreLFTP, openLFTP},
	{Format{"curl", "curl -v"}, scoreCurl, openCurl},
	{Format{"curl-trace", "curl --trace-ascii or --trace"}, scoreCurlTrace, openCurlTrace},
	{Format{"ftp", "command-line ftp (GNU, tnftp, netkit, Windows), best with -v -d"}, scoreFTPClient, openFTPClient},
	{Format{"ftplib", "Python ftplib with set_debuglevel"}, scoreFtplib, openFtplib},
	{Format{"openssh", "OpenSSH sftp or ssh, best with -vvv"}, scoreOpenSSH, openOpenSSH},
	{Format{"sshd", "OpenSSH server: auth.log or journal, with internal-sftp or sftp-server"}, scoreSSHD, openSSHD},
	{Format{"vsftpd", "vsftpd log, best with log_ftp_protocol"}, scoreVsftpd, openVsftpd},
	{Format{"proftpd", "ProFTPD: SystemLog, syslog, ExtendedLog, mod_tls and mod_sftp logs"}, scoreProFTPD, openProFTPD},
	{Format{"pure-ftpd", "Pure-FTPd: syslog or CLF"}, scorePureFTPD, openPureFTPD},
	{Format{"xferlog", "transfer log of vsftpd, ProFTPD, wu-ftpd and others"}, scoreXferlog, openXferlog},
	{Format{"iis", "IIS FTP log in W3C form"}, scoreIIS, openIIS},
	{Format{"wget", "wget of ftp:// URLs, best with -d"}, scoreWget, openWget},
	{Format{"ssh-library", "SSH libraries and their exceptions: paramiko, JSch, ssh2 (Node), SSH.NET, sshj, MINA, Net::SSH, Go, phpseclib"}, scoreSSHLibrary, openSSHLibrary},
	{Format{"dialogue", "FTP dialogue of any program: FluentFTP, basic-ftp, rclone, Net::FTP, Commons Net, Cyberduck, NppFTP and others"}, scoreDialogue, openDialogue},
}

// Formats lists what can be read, in a fixed order.
func Formats() []Format {
	out := make([]Format, len(formats))
	for i, f := range formats {
		out[i] = f.Format
	}
	return out
}

func formatNames() []string {
	out := make([]string, len(formats))
	for i, f := range formats {
		out[i] = f.Name
	}
	return out
}

// sum is how much a sample looks like the format.
func (f format) sum(sample []string) int {
	sum := 0
	for _, line := range sample {
		sum += f.score(line)
	}
	return sum
}

// detect finds the format that the first lines look most like.
func detect(in *lines) (format, wrapping, error) {
	sample := in.peek()
	if in.err != nil {
		return format{}, nil, fmt.Errorf("reading the log: %w", in.err)
	}
	f, around, most := findWrapping(sample, formats)
	if most == 0 {
		return format{}, nil, errors.New(strangeText(sample) + ": name it with --format, one of " + strings.Join(formatNames(), ", "))
	}
	return f, around, nil
}

// likest is the format of some that a sample looks most like, and how much.
func likest(sample []string, among []format) (format, int) {
	best, most := format{}, 0
	for _, f := range among {
		if sum := f.sum(sample); sum > most {
			best, most = f, sum
		}
	}
	return best, most
}

// strangers are texts that people hand over for a log.
var strangers = []struct{ prefix, what string }{
	{"{", "JSON, which is no log of another program"},
	{"[{", "JSON, which is no log of another program"},
	{"<!doctype html", "an HTML page"},
	{"<html", "an HTML page"},
	{"<?xml", "XML that is not a WinSCP log"},
	{"-----begin", "a PEM file (keys and certificates are not logs)"},
	{"from: ", "a mail"},
	{"%!ps", "a PostScript document"},
}

// strangeText says what was found where no format fits. It shows nothing of the text: a password file is soon handed over
// for a log.
func strangeText(sample []string) string {
	for _, line := range sample {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		for _, s := range strangers {
			if strings.HasPrefix(strings.ToLower(line), s.prefix) {
				return "this looks like " + s.what
			}
		}
		return "no known log: its first lines are of no format that is read"
	}
	return "no known log: only empty lines"
}
