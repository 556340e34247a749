package matrix

import (
	_ "embed"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"mftprobe/integration/lab"
)

// What real servers were seen to do, 995 dialogues that a probe can meet, held against the table: every fault of a server must
// be a case of that server, or stand among those that are left out, with the reason.

//go:embed testdata/observed.txt
var observedText string

// observedServers maps the servers of the observations to those of the table.
var observedServers = map[string][]string{
	"vsftpd": {lab.VSFTPD, lab.VSFTPDHost}, "proftpd": {lab.ProFTPD, lab.ProFTPDHost}, "mod_sftp": {lab.ProFTPDSFTP, lab.ProFTPDHost},
	"pure-ftpd": {lab.PureFTPD, lab.PureFTPDHost}, "pyftpdlib": {lab.Pyftpdlib, lab.PyftpdlibHost},
	"openssh": {lab.OpenSSH, lab.OpenSSHHost}, "dropbear": {lab.Dropbear}, netfault: {netfault, lab.VSFTPD, lab.OpenSSH},
}

// coveredBy names the rows that show a fault; the first that a server has is its case. Divided by "|".
var coveredBy = map[string]string{
	"accept_close": "close ftp", "accept_reset": "reset ftp", "account_expired": "expired account|expired account, where PAM decides",
	"account_expired_accepted": "expired account of SFTP|expired account", "account_locked": "locked account of SFTP|locked account",
	"account_locked_accepted_by_key": "locked account by key", "acct_cmd": "ACCT|ACCT that is welcome", "allowusers": "user not in the allow list",
	"anonymous_refused": "anonymous refused", "appe_readonly_file": "read-only file appended to", "appe_refused": "resumed upload refused|no appending",
	"ascii_get_corruption": "text mode on both sides", "ascii_put_corruption": "text mode on both sides",
	"auth_methods_mismatch": "password where only keys are welcome", "auth_partial_success": "second factor missing",
	"auth_tls_not_offered": "TLS not offered", "backlog_full": "drop ftp", "banner_garbage": "garbage ftp",
	"broken_config": "nobody may log in|virtual users' file missing", "channel_limit": "no sessions", "chroot_bad_perms": "chroot owned by the user",
	"chroot_no_subsystem": "chroot without the external server", "chroot_writable_root": "writable chroot", "cipher_mismatch": "old cipher|client with an old cipher",
	"client_alive": "keep-alive", "cmd_before_login": "command before the login", "command_denied": "upload denied|size denied|mode change refused",
	"command_filter": "command filtered", "cwd_file": "file entered as a directory", "cwd_missing": "missing directory", "cwd_noperm": "directory without access",
	"data_connect_timeout": "passive ports dropped", "dele_dir": "directory deleted as a file", "dele_missing": "missing file removed",
	"dele_noperm": "removal refused", "denyusers": "user in the deny list", "disk_full_put": "SFTP to a full disk|full disk",
	"disk_reserve_put": "disk reserve", "download_disabled_get": "no download", "eprt_foreign_address": "another address in EPRT|another address in PORT",
	"excl_exists": "file stored over another over SFTP", "file_size_limit": "SFTP of a file too large",
	"filename_filter_not_enforced": "dot names refused by SFTP", "filename_refused_get": "forbidden name fetched",
	"filename_refused_get_not_enforced": "name that may not be written fetched", "filename_refused_put": "hidden names refused|dot names refused|dot names refused for writing",
	"force_command_text": "forced text", "ftp_greeting_then_silence": "ftp-220-then-silent ftp", "ftp_on_ssh_port": "FTP client at the SFTP port",
	"get_dir": "directory fetched over SFTP", "greeting_120": "ftp-120 ftp", "greeting_421": "ftp-421 ftp", "happy_path": "healthy|healthy SFTP",
	"home_missing": "no home of SFTP|no home", "home_unreadable": "unreadable home of SFTP|unreadable home", "home_unwritable_put": "unwritable home",
	"host_denied": "host denied|virtual user from elsewhere", "hostkey_alg_mismatch": "old host key", "hostkey_changed": "host key changed",
	"idle_disconnect": "SFTP idle|idle", "idle_timeout": "idle", "kex_mismatch": "old key exchange|client with an old key exchange", "key_expired": "key expired",
	"key_from_restriction": "key from elsewhere", "key_perms_bad": "key file open to all", "key_refused": "key not registered",
	"key_sig_alg_refused": "signature of an old kind wanted", "list_disabled": "no listing", "list_empty_dir": "empty directory listed",
	"list_file": "file listed over SFTP", "list_missing": "missing directory listed", "list_noperm": "forbidden directory listed",
	"login_timeout": "login too late", "mac_mismatch": "old MAC", "max_auth_tries": "one try with a wrong password",
	"max_clients": "too many clients", "max_file_size_put": "file too large", "max_login_attempts": "wrong password where one attempt is allowed",
	"max_per_ip": "too many from one address|too many connections from one host", "max_per_user": "too many sessions of one user", "max_sessions_0": "no sessions",
	"max_startups": "too many clients of SFTP|too many at the door", "mdtm_missing": "date of a missing file", "mid_drop": "connection cut", "mid_reset": "connection reset",
	"mkd_exists": "existing directory made", "mkd_missing_parent": "directory made in a missing one", "mkd_noperm": "directory made in a forbidden one",
	"mkdir_exists": "existing directory made over SFTP", "mkdir_missing_parent": "directory made in a missing one over SFTP",
	"mlsd_missing": "missing directory listed by MLSD|MLSD where it is unknown", "mode_bad_param": "mode that nobody has", "mode_z": "mode that nobody has",
	"name_too_long": "file stored under too long a name over SFTP", "nlst_empty_dir": "empty directory's names listed", "nlst_missing": "missing directory's names listed",
	"no_such_dir": "missing directory listed over SFTP", "no_such_file": "missing file fetched over SFTP", "nologin_file": "nologin|SFTP shut down",
	"not_ssh_ftp": "SFTP client at the plain port", "not_ssh_http": "http-at-once sftp", "not_ssh_tls": "tls-alert-at-once sftp",
	"overwrite_refused": "file exists and may not be overwritten", "overwrite_refused_not_enforced": "nothing may be removed",
	"password_change_forced": "password must be changed|password that must be changed, where PAM decides", "password_expired_accepted": "inactive account",
	"password_change_forced_accepted": "password of SFTP that must be changed|password that must be changed", "password_expired_inactive": "inactive account of SFTP|inactive account",
	"pasv_blocked_drop": "passive ports dropped", "pasv_blocked_reject": "passive ports rejected", "pasv_disabled": "passive mode off",
	"pasv_ports_not_published": "passive ports used up", "pasv_range_exhausted": "passive ports used up", "pasv_wrong_address": "private passive address",
	"pasv_wrong_address_epsv_ok": "private passive address that EPSV does not show|private passive address", "path_denied_list": "hidden file fetched", "path_denied_list_not_enforced": "hidden file fetched",
	"path_escape": "path out of the chroot|SFTP of a path out of the chroot", "path_traversal": "path up and out", "perm_denied_get": "forbidden file fetched over SFTP",
	"perm_denied_list": "forbidden directory listed over SFTP", "perm_denied_mkdir": "directory made in a forbidden one over SFTP",
	"perm_denied_put": "file stored in a forbidden directory over SFTP", "perm_denied_remove": "forbidden file deleted over SFTP",
	"perm_denied_rename": "file renamed into a forbidden directory over SFTP", "perm_denied_setstat": "mode of another's file changed over SFTP",
	"port_disabled": "active mode off", "port_foreign_address": "another address in PORT", "port_through_nat": "active mode through the forwarder|another address in PORT",
	"put_missing_dir": "file stored in a missing directory over SFTP", "quota_exceeded_put": "over quota", "quota_put_not_enforced": "SFTP over quota, by which the file goes again",
	"read_only_mkdir": "directory made on a read-only server by SFTP|directory made on a read-only server", "read_only_put": "SFTP to a read-only server|read-only server",
	"read_only_remove": "file deleted on a read-only server by SFTP|file deleted on a read-only server",
	"read_only_rename": "file renamed on a read-only server by SFTP|file renamed on a read-only server", "read_only_server_dele": "file deleted on a read-only server|file deleted where nothing may be",
	"read_only_server_mkd": "directory made on a read-only server", "read_only_server_put": "read-only server|anonymous may not upload", "read_only_server_rename": "file renamed on a read-only server|no renaming",
	"rein_cmd": "REIN", "remove_dir": "directory deleted as a file over SFTP", "remove_missing": "missing file deleted over SFTP", "rename_existing": "file renamed onto another over SFTP",
	"rename_missing": "missing file renamed over SFTP", "rename_missing_dir": "file renamed into a missing directory over SFTP", "request_denied": "listing denied|SFTP without download",
	"rest_beyond_eof": "download resumed beyond the end", "rest_get": "download resumed", "rest_put": "upload appended to", "rest_refused": "resumed download refused",
	"retr_dangling_symlink": "dangling link", "retr_dir": "directory fetched as a file", "retr_missing": "missing file", "retr_noperm": "unreadable file", "rmd_file": "file removed as a directory",
	"rmd_missing": "missing directory removed", "rmd_noperm": "directory removed from a forbidden one", "rmd_nonempty": "full directory removed", "rmdir_file": "file removed as a directory over SFTP",
	"rmdir_missing": "missing directory removed over SFTP", "rmdir_nonempty": "full directory removed over SFTP", "rnfr_missing": "missing file renamed", "rnto_existing": "file renamed onto another",
	"rnto_missing_dir": "file renamed into a directory that is not there", "rnto_noperm": "file renamed into an unwritable directory", "root_accepted": "root",
	"root_refused": "root of SFTP|root|root by password|root where root is refused", "server_down": "server down", "server_stopped_term": "server down", "session_killed_idle": "SFTP session killed between requests|session killed between commands|session killed between requests",
	"session_killed_mid_get": "SFTP session killed in a download|session killed in a download", "session_killed_mid_put": "SFTP session killed in an upload|session killed in an upload",
	"session_termed_mid_get": "session ended by its server in a download", "sftp_server_killed": "SFTP server killed", "shell_exits": "false shell for the external server",
	"shell_missing": "missing shell of SFTP|missing shell|shell not in the list", "shell_nologin": "account without a shell of SFTP|no shell|no shell for the external server",
	"shell_nologin_accepted": "no shell|no shell where none is needed", "shell_not_in_etc_shells": "shell not in the list", "shell_prints_text": "shell that greets", "shutdown_notice": "shut down",
	"site_chmod_noperm": "mode of another's file changed", "site_unknown": "unknown SITE command", "size_ascii_mode": "size in text mode|size in text mode refused", "size_dir": "size of a directory",
	"size_missing": "size of a missing file", "slow_banner": "ftp-slow-220 ftp", "smnt_cmd": "SMNT", "smtp_on_port": "smtp ftp", "ssh1_server": "ssh-1 sftp", "ssh_banner_then_close": "ssh-then-close sftp",
	"ssh_banner_then_reset": "ssh-then-reset sftp", "ssh_banner_then_silence": "ssh-then-silent sftp", "ssh_on_ftp_port": "SFTP client at the FTP port", "stor_disk_full": "full disk",
	"stor_missing_dir": "file stored in a missing directory", "stor_name_too_long": "file stored under too long a name", "stor_noperm_dir": "file stored in a forbidden directory",
	"stor_over_readonly_file": "file stored over another", "perm_denied_overwrite": "file stored over another over SFTP", "stor_readonly_dir": "unwritable directory", "stru_bad_param": "structure that nobody has",
	"subsystem_disabled": "no subsystem", "subsystem_missing_binary": "subsystem missing|SFTP server missing", "symlink_escape": "link out of the chroot|SFTP of a link out of the chroot",
	"symlink_outside_chroot": "link out of the chroot|link out of the root|dangling link", "tarpit_silent": "silent ftp", "tcp_drop": "drop ftp", "tcp_refused": "nobody ftp", "tcp_reject_rst": "nobody ftp",
	"tls_client_cert_expired": "client certificate expired", "tls_client_cert_missing": "client certificate wanted", "tls_client_cert_untrusted": "client certificate of another authority", "tls_client_too_old": "client too old",
	"tls_clienthello_on_plain_port": "TLS client at the FTP port", "tls_data_no_reuse_allowed": "no session reuse where none is needed|no session reuse", "tls_data_reuse_done": "healthy",
	"tls_data_reuse_missing": "no session reuse", "tls_data_reuse_missing_put": "no session reuse", "tls_expired_cert": "expired certificate", "tls_happy": "healthy", "tls_hostname_mismatch": "certificate for another name",
	"tls_implicit_happy": "healthy", "tls_missing_cert_file": "no certificate configured", "tls_no_prot_allowed": "data in clear where it is allowed", "tls_no_prot_when_p_required": "data in clear",
	"tls_no_shared_cipher": "no cipher in common", "tls_not_yet_valid": "certificate not yet valid", "tls_on_ssh_port": "implicit client at the SFTP port", "tls_plain_client_on_implicit": "plain client at the implicit port",
	"tls_plain_login_allowed": "plain login where TLS is optional", "tls_prot_c_allowed": "data in clear where it is allowed", "tls_prot_c_when_p_required": "data in clear", "tls_required_user_plain": "plain login where TLS is demanded",
	"tls_self_signed": "self-signed certificate", "tls_server_12_client_13_only": "server knows no TLS 1.3", "tls_server_too_old": "server too old", "tls_unknown_ca": "unknown authority", "tls_weak_key_cert": "certificate with a weak key",
	"type_bad_param": "type that nobody has", "type_ebcdic": "EBCDIC", "unknown_command": "unknown command", "unknown_command_prelogin": "unknown command before the login",
	"unknown_extended": "extended request that nobody has", "unknown_user": "unknown user of SFTP|unknown user", "user_denied_list": "user denied|user in the deny list|user number too low",
	"user_denied_list_not_enforced": "shell not in the list", "utf8_name": "name in UTF-8 fetched", "wrong_password": "wrong password",
}

// Why a fault is no case.
const (
	ownTransfer  = "only a client that stops its own transfer sees it"
	noSuchStep   = "no step sends it"
	noSecretWord = "an empty password is refused before anything is sent"
	otherMachine = "it takes a second address of the client"
	firewallHere = "it takes a firewall or a route on the machine of the client, which is this one"
)

var leftOut = map[string]string{
	"data_closed_by_client_get": ownTransfer, "data_reset_by_client_get": ownTransfer, "data_reset_by_client_put": ownTransfer, "data_stall_get": ownTransfer,
	"data_stall_put": ownTransfer, "data_eof_put_truncated": ownTransfer, "tls_truncated_put": ownTransfer,
	"stou": noSuchStep, "mlst_missing": noSuchStep, "tls_auth_ssl": noSuchStep, "posix_rename_existing": noSuchStep, "realpath_missing": noSuchStep,
	"list_without_pasv": noSuchStep, "retr_without_pasv": noSuchStep, "stor_onto_dir": "a put looks first and overwrites nothing", "put_onto_dir": "a put looks first and overwrites nothing",
	"empty_password": noSecretWord, "pasv_other_source_ip": otherMachine,
	"port_blocked_drop": firewallHere, "no_route": firewallHere, "tcp_reject_icmp_admin": firewallHere,
	"tcp_reject_icmp_host": firewallHere, "tcp_reject_icmp_net": firewallHere, "tcp_reject_icmp_port": firewallHere,
	"dns_failure": "it would ask a name server outside", "disk_full_mkdir": "a directory takes no room on a file system in memory",
	"list_disabled_not_enforced": "there is no such setting", "quota_exceeded_mkd": "a directory takes no room on a file system in memory", "port_refused_by_client_side": "only a client that announces a port and does not listen there sees it",
	"pure-ftpd max_login_attempts":   "it takes more refused logins than a run makes",
	"pyftpdlib tls_no_shared_cipher": "it takes a change of the server's code", "pyftpdlib user_denied_list": "it takes a change of the server's code",
}

// observed is one fault of one server.
type observed struct {
	server, fault string
	dialogues     int
}

func observations(t *testing.T) []observed {
	t.Helper()
	var out []observed
	server := ""
	for line := range strings.Lines(observedText) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		for word := range strings.FieldsSeq(line) {
			if name, ok := strings.CutSuffix(word, ":"); ok {
				server = name
				continue
			}
			fault, number, counted := strings.Cut(word, "=")
			n := 1
			if counted {
				var err error
				if n, err = strconv.Atoi(number); err != nil {
					t.Fatalf("%s: %v", word, err)
				}
			}
			out = append(out, observed{server, fault, n})
		}
	}
	return out
}

// rowNames lists the rows of the servers that stand for one of the observations.
func rowNames(server string) []string {
	var names []string
	for _, s := range observedServers[server] {
		for _, r := range table[s] {
			names = append(names, r.name)
		}
	}
	return names
}

// coverage counts the dialogues whose fault is a case, and those left out, by reason.
func coverage(t *testing.T) (covered int, left map[string]int) {
	t.Helper()
	left = map[string]int{}
	for _, o := range observations(t) {
		reason := leftOut[o.server+" "+o.fault]
		if reason == "" {
			reason = leftOut[o.fault]
		}
		names := rowNames(o.server)
		shown := slices.ContainsFunc(strings.Split(coveredBy[o.fault], "|"), func(name string) bool { return slices.Contains(names, name) })
		switch {
		case reason != "":
			left[reason] += o.dialogues
		case shown:
			covered += o.dialogues
		default:
			t.Errorf("%s: %s is neither a case nor left out for a reason", o.server, o.fault)
		}
	}
	return covered, left
}

func TestEveryObservationIsACase(t *testing.T) {
	covered, left := coverage(t)
	t.Logf("%d dialogues are cases", covered)
	for _, reason := range slices.Sorted(maps.Keys(left)) {
		t.Logf("%d are not: %s", left[reason], reason)
	}
	known := map[string]bool{}
	for _, o := range observations(t) {
		known[o.fault], known[o.server+" "+o.fault] = true, true
	}
	for _, fault := range slices.Concat(slices.Collect(maps.Keys(coveredBy)), slices.Collect(maps.Keys(leftOut))) {
		if !known[fault] {
			t.Errorf("nobody has observed %s", fault)
		}
	}
}
