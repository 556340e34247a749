package classify

const (
	errnoSource   = "POSIX.1-2024 errno.h, numbers of Linux"
	winsockSource = "Windows Sockets 2 error codes"
)

// errnoCodes are the error numbers of Linux that clients and servers show. Names are the same on
// every Unix, numbers are not.
func errnoCodes() []codeEntry {
	return []codeEntry{
		{1, "EPERM", "The operation is not permitted for this process.", errnoSource, nil, denied, 0},
		{2, "ENOENT", "No such file or directory.", errnoSource, nil, missing, 0},
		{4, "EINTR", "A system call was interrupted.", errnoSource, nil, only(CauseTransferAborted, CauseServerError), 0},
		{5, "EIO", "Reading from or writing to the device failed.", errnoSource, nil, only(CauseServerError, CauseDiskFull), 0},
		{11, "EAGAIN", "The resource is not available at this moment.", errnoSource, nil, only(CauseServerError, CauseServerConnectionLimit), 0},
		{12, "ENOMEM", "There is not enough memory.", errnoSource, nil, only(CauseServerError), 0},
		{13, "EACCES", "Access rights forbid the operation.", errnoSource, nil, denied, 0},
		{16, "EBUSY", "The object is in use.", errnoSource, nil, only(CauseServerError), 0},
		{17, "EEXIST", "The name exists already.", errnoSource, nil, taken, 0},
		{18, "EXDEV", "A rename would cross file systems.", errnoSource, nil, only(CauseRenameRefused), 0},
		{20, "ENOTDIR", "A part of the path is not a directory.", errnoSource, nil, wrongKind, 0},
		{21, "EISDIR", "The object is a directory.", errnoSource, nil, wrongKind, 0},
		{22, "EINVAL", "An argument is not valid.", errnoSource, nil, only(CauseParameterNotSupported, CauseFilenamePolicy), 0},
		{24, "EMFILE", "The process has too many open files.", errnoSource, nil, only(CauseServerError, CauseServerConnectionLimit), 0},
		{27, "EFBIG", "The file would become too large.", errnoSource, nil, only(CauseFileSizeLimit), strong},
		{28, "ENOSPC", "No space is left on the device.", errnoSource, nil, only(CauseDiskFull, CauseQuotaExceeded), strong},
		{30, "EROFS", "The file system is mounted read-only.", errnoSource, nil, only(CauseReadOnlyServer, CauseNoWritePermission), strong},
		{32, "EPIPE", "Data was written to a connection that the peer has closed.", errnoSource, nil, closed, 0},
		{36, "ENAMETOOLONG", "The file name is too long.", errnoSource, nil, only(CauseFilenamePolicy), strong},
		{39, "ENOTEMPTY", "The directory is not empty.", errnoSource, nil, notEmpty, 0},
		{40, "ELOOP", "Too many symbolic links.", errnoSource, nil, only(CauseServerMisconfigured, CauseFileNotFound), 0},
		{71, "EPROTO", "The peer sent what the protocol forbids.", errnoSource, nil, only(CauseProtocolError), 0},
		{90, "EMSGSIZE", "The packet is too large for the path.", errnoSource, nil, only(CauseTransferStalled), 0},
		{95, "EOPNOTSUPP", "The operation is not supported.", errnoSource, nil, only(CauseOperationUnsupported, CauseCommandNotSupported), 0},
		{98, "EADDRINUSE", "The address and port are in use.", errnoSource, nil, only(CauseServerPASVBindFailure, CauseConfigInvalid), 0},
		{99, "EADDRNOTAVAIL", "The address does not exist on this machine.", errnoSource, nil, only(CauseServerPASVBindFailure, CauseConfigInvalid), 0},
		{100, "ENETDOWN", "The network interface is down.", errnoSource, nil, only(CauseHostUnreachable), 0},
		{101, "ENETUNREACH", "There is no route to the network.", errnoSource, nil, only(CauseHostUnreachable), strong},
		{103, "ECONNABORTED", "The connection was given up by the local system.", errnoSource, nil, only(CauseConnectionResetMidTransfer, CauseControlConnectionLost, CauseTLSCloseNotifyMissing), 0},
		{104, "ECONNRESET", "The peer, or a device in its name, reset the connection.", errnoSource, nil, reset, 0},
		{105, "ENOBUFS", "The system has no buffer space left.", errnoSource, nil, only(CauseServerError), 0},
		{107, "ENOTCONN", "The socket is not connected.", errnoSource, nil, only(CauseControlConnectionLost), 0},
		{110, "ETIMEDOUT", "No answer came in time.", errnoSource, nil, timedOut, 0},
		{111, "ECONNREFUSED", "The connection was refused: nothing listens, or a rule rejects.", errnoSource, nil, refused, 0},
		{112, "EHOSTDOWN", "The host does not answer on its network.", errnoSource, nil, only(CauseHostUnreachable, CausePortUnreachable), 0},
		{113, "EHOSTUNREACH", "There is no route to the host, or a firewall says so.", errnoSource, nil, only(CauseHostUnreachable), strong},
		{122, "EDQUOT", "The quota of the account is used up.", errnoSource, nil, only(CauseQuotaExceeded), strong},
	}
}

// winsockCodes are the socket errors that Windows programs show as numbers.
func winsockCodes() []codeEntry {
	return []codeEntry{
		{10004, "WSAEINTR", "A blocking call was cancelled.", winsockSource, nil, only(CauseTransferAborted, CauseControlConnectionLost), 0},
		{10013, "WSAEACCES", "Using the socket this way is forbidden, often by a local firewall.", winsockSource, nil, only(CausePortUnreachable, CauseConfigInvalid), 0},
		{10022, "WSAEINVAL", "An argument is not valid.", winsockSource, nil, only(CauseConfigInvalid), 0},
		{10024, "WSAEMFILE", "Too many sockets are open.", winsockSource, nil, only(CauseServerError, CauseServerConnectionLimit), 0},
		{10035, "WSAEWOULDBLOCK", "The call would have to wait; an inner state that should not be shown.", winsockSource, nil, only(CauseReplyTimeout), 0},
		{10038, "WSAENOTSOCK", "The handle is no socket any more; the connection was closed before.", winsockSource, nil, only(CauseControlConnectionLost, CauseServerError), 0},
		{10048, "WSAEADDRINUSE", "The address and port are in use.", winsockSource, nil, only(CauseServerPASVBindFailure, CauseConfigInvalid), 0},
		{10049, "WSAEADDRNOTAVAIL", "The address is not valid here.", winsockSource, nil, only(CauseServerPASVBindFailure, CauseConfigInvalid, CausePassiveAddressWrong), 0},
		{10050, "WSAENETDOWN", "The network is down.", winsockSource, nil, only(CauseHostUnreachable), 0},
		{10051, "WSAENETUNREACH", "There is no route to the network.", winsockSource, nil, only(CauseHostUnreachable), strong},
		{10052, "WSAENETRESET", "The connection broke while a keepalive was under way.", winsockSource, nil, only(CauseControlConnIdleDrop, CauseControlConnectionLost), 0},
		{10053, "WSAECONNABORTED", "The local system gave the connection up, after a timeout or an error of the peer.", winsockSource, nil, closed, 0},
		{10054, "WSAECONNRESET", "The peer, or a device in its name, reset the connection.", winsockSource, nil, reset, 0},
		{10055, "WSAENOBUFS", "The system has no buffers or ports left.", winsockSource, nil, only(CauseServerError, CauseConnectionRateLimited), 0},
		{10057, "WSAENOTCONN", "The socket is not connected.", winsockSource, nil, only(CauseControlConnectionLost), 0},
		{10058, "WSAESHUTDOWN", "This direction of the socket was closed already.", winsockSource, nil, only(CauseControlConnectionLost), 0},
		{10060, "WSAETIMEDOUT", "No answer came: packets are dropped, or the address is wrong.", winsockSource, nil, timedOut, 0},
		{10061, "WSAECONNREFUSED", "The connection was refused: nothing listens, or a rule rejects.", winsockSource, nil, refused, 0},
		{10064, "WSAEHOSTDOWN", "The host is down.", winsockSource, nil, only(CauseHostUnreachable, CausePortUnreachable), 0},
		{10065, "WSAEHOSTUNREACH", "There is no route to the host.", winsockSource, nil, only(CauseHostUnreachable), strong},
		{10066, "WSAENOTEMPTY", "The directory is not empty.", winsockSource, nil, notEmpty, 0},
		{10067, "WSAEPROCLIM", "Too many tasks use the sockets.", winsockSource, nil, only(CauseServerConnectionLimit, CauseServerError), 0},
		{10068, "WSAEUSERS", "Too many users: the server is full.", winsockSource, nil, only(CauseServerConnectionLimit, CauseTooManyConnectionsPerIP), strong},
		{10091, "WSASYSNOTREADY", "The network system is not ready.", winsockSource, nil, only(CauseConfigInvalid), 0},
		{10101, "WSAEDISCON", "The peer has begun an orderly end.", winsockSource, nil, closed, 0},
		{11001, "WSAHOST_NOT_FOUND", "The host name is not known.", winsockSource, nil, only(CauseDNSFailure), strong},
		{11002, "WSATRY_AGAIN", "The resolver did not answer for now.", winsockSource, nil, only(CauseDNSFailure), strong},
		{11003, "WSANO_RECOVERY", "The resolver failed for good.", winsockSource, nil, only(CauseDNSFailure), strong},
		{11004, "WSANO_DATA", "The name exists and has no address of this kind.", winsockSource, nil, only(CauseDNSFailure), strong},
	}
}
