package classify

const rfc4253 = "RFC 4253 section 11.1"

// disconnectCodes are the reasons in SSH_MSG_DISCONNECT.
func disconnectCodes() []codeEntry {
	return []codeEntry{
		{1, "SSH_DISCONNECT_HOST_NOT_ALLOWED_TO_CONNECT", "The server does not serve our address.", rfc4253, nil, only(CauseSourceIPNotAllowlisted, CauseClientBanned), strong},
		{
			2, "SSH_DISCONNECT_PROTOCOL_ERROR", "The peer found something against the protocol.", rfc4253,
			[]string{"OpenSSH sends 2 for too many login attempts and for its own limits: read the text."},
			ranking{
				{atLogin, []Cause{CauseTooManyAuthTries, CauseProtocolError, CauseBadCredentials}},
				{atConnect | atKex, []Cause{CauseProtocolError, CauseKexFailed, CauseWrongProtocolOnPort}},
				{anywhere, []Cause{CauseTooManyAuthTries, CauseProtocolError, CauseIdleTimeout}},
			},
			0,
		},
		{
			3, "SSH_DISCONNECT_KEY_EXCHANGE_FAILED", "The key exchange failed: nothing in common, a bad signature or an unwanted group.", rfc4253, nil,
			only(CauseKexFailed, CauseNoCommonKex, CauseNoCommonHostKeyAlg, CauseNoCommonCipher, CauseDHGroupOutOfRange), 0,
		},
		{4, "SSH_DISCONNECT_RESERVED", "Reserved; older programs use it when host authentication fails.", rfc4253, nil, only(CauseHostKeyChanged, CauseProtocolError), 0},
		{
			5, "SSH_DISCONNECT_MAC_ERROR", "A packet did not pass its integrity check.", rfc4253,
			[]string{"Broken network hardware, a device that changes packets, or a defect in one of the two programs."},
			only(CauseKexFailed, CauseProtocolError, CauseConnectionResetMidTransfer), 0,
		},
		{6, "SSH_DISCONNECT_COMPRESSION_ERROR", "Packing or unpacking a packet failed.", rfc4253, nil, only(CauseProtocolError, CauseKexFailed), 0},
		{7, "SSH_DISCONNECT_SERVICE_NOT_AVAILABLE", "The requested SSH service is not offered at the moment.", rfc4253, nil, only(CauseServiceUnavailable, CauseServerConnectionLimit), 0},
		{8, "SSH_DISCONNECT_PROTOCOL_VERSION_NOT_SUPPORTED", "The version of SSH is not supported, as with servers that speak version 1 only.", rfc4253, nil, only(CauseProtocolError, CauseWrongProtocolOnPort, CauseKexFailed), 0},
		{
			9, "SSH_DISCONNECT_HOST_KEY_NOT_VERIFIABLE", "The client could not verify the server's host key.", rfc4253,
			[]string{"The client sends it, not the server."},
			only(CauseHostKeyUnknown, CauseHostKeyChanged, CauseHostKeyAlgOrderMismatch), strong,
		},
		{10, "SSH_DISCONNECT_CONNECTION_LOST", "The connection to what is behind was lost.", rfc4253, nil, only(CauseControlConnectionLost, CauseServiceUnavailable), 0},
		{
			11, "SSH_DISCONNECT_BY_APPLICATION", "The program ended the session on purpose: logout, an operator, an idle rule, too many tries.", rfc4253, nil,
			ranking{
				{atLogin, []Cause{CauseTooManyAuthTries, CauseAccountNotAuthorized, CauseClientBanned, CauseServiceUnavailable}},
				{atConnect | atKex, []Cause{CauseSourceIPNotAllowlisted, CauseServerConnectionLimit, CauseServiceUnavailable}},
				{anywhere, []Cause{CauseIdleTimeout, CauseServiceUnavailable, CauseTooManyAuthTries}},
			},
			0,
		},
		{12, "SSH_DISCONNECT_TOO_MANY_CONNECTIONS", "The server has as many connections as it allows.", rfc4253, nil, only(CauseServerConnectionLimit, CauseConnectionRateLimited), strong},
		{13, "SSH_DISCONNECT_AUTH_CANCELLED_BY_USER", "The login was cancelled on the client's side.", rfc4253, nil, only(CauseBadCredentials, CauseAuthMethodMismatch), 0},
		{
			14, "SSH_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE", "Every login method that was possible has been refused.", rfc4253, nil,
			only(CauseBadCredentials, CauseAuthMethodMismatch, CausePublicKeyNotRegistered, CauseLoginRefused), 0,
		},
		{15, "SSH_DISCONNECT_ILLEGAL_USER_NAME", "The server does not accept this user name.", rfc4253, nil, only(CauseBadCredentials, CauseAccountNotAuthorized), strong},
	}
}

// channelCodes are the reasons in SSH_MSG_CHANNEL_OPEN_FAILURE.
func channelCodes() []codeEntry {
	return []codeEntry{
		{
			1, "SSH_OPEN_ADMINISTRATIVELY_PROHIBITED", "A rule of the server forbids this channel.", "RFC 4254 section 5.1", nil,
			only(CauseMaxSessionsPerConnection, CauseAccountNotAuthorized, CauseSFTPSubsystemDisabled), 0,
		},
		{
			2, "SSH_OPEN_CONNECT_FAILED", "The server could not connect the channel to anything.", "RFC 4254 section 5.1",
			[]string{"OpenSSH sends it with \"open failed\" when MaxSessions is reached."},
			only(CauseMaxSessionsPerConnection, CauseServerError), 0,
		},
		{3, "SSH_OPEN_UNKNOWN_CHANNEL_TYPE", "The server does not know this kind of channel.", "RFC 4254 section 5.1", nil, only(CauseSFTPSubsystemDisabled, CauseWrongProtocolOnPort, CauseProtocolError), 0},
		{4, "SSH_OPEN_RESOURCE_SHORTAGE", "The server lacks the means for another channel.", "RFC 4254 section 5.1", nil, only(CauseMaxSessionsPerConnection, CauseServerConnectionLimit), 0},
	}
}
