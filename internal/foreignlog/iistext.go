package foreignlog

// iisWords are what IIS says for a substatus, in our words. The log has the number only, so that
// this stands where other servers have a text.
var iisWords = map[string]string{
	"1": "an authorization rule denies the access", "2": "file system permission denied", "4": "the client IP address is not allowed",
	"5": "permission denied: writing into a virtual root", "6": "file name not allowed: short name", "7": "file name not allowed: short name",
	"8": "request filtering: hidden segment", "9": "request filtering: denied sequence in the name", "10": "request filtering: characters outside ASCII in the name",
	"11": "request filtering: file extension not allowed", "12": "request filtering: the path is too long", "13": "not a file or directory",
	"14": "control channel idle timeout", "15": "data channel timeout", "16": "login timeout", "17": "the site configuration is not valid", "18": "the configuration is not valid",
	"19": "maximum number of connections reached", "20": "aborted by the client", "21": "the site is being stopped", "22": "data channel aborted by the server",
	"23": "data channel aborted by the client", "24": "Policy requires SSL for the data channel", "25": "Policy requires SSL for the control channel",
	"26": "Policy requires SSL for credentials", "27": "policy denies SSL for the data channel", "28": "policy denies SSL for the data channel",
	"29": "policy denies SSL for credentials", "30": "policy denies SSL for commands", "31": "no certificate is configured", "32": "SSL could not be initialised",
	"33": "User cannot log in, home directory inaccessible", "34": "the custom authentication provider failed", "35": "User cannot log in: bad user name or password",
	"36": "all authentication is switched off", "37": "Valid hostname is expected", "38": "control and data channel come from different addresses",
	"39": "the file is larger than allowed", "40": "isolation needs basic authentication", "42": "anonymous login is not allowed", "43": "PROT is needed before this command",
	"44": "the configured certificate was not found", "45": "the private key of the certificate was not found", "46": "the configured certificate hash is not valid",
	"47": "Policy requires a client certificate", "48": "the client certificate is not valid", "49": "the client certificate differs between control and data channel",
	"50": "transfer slower than the minimum bandwidth", "51": "the command is not allowed by command filtering", "52": "disconnected by the administrator",
	"55": "128-bit encryption is required",
}

// winWords are Windows' own texts for the errors that stand in IIS logs.
var winWords = map[string]string{
	"2": "The system cannot find the file specified.", "3": "The system cannot find the path specified.", "5": "Access is denied.",
	"32": "The process cannot access the file because it is being used by another process.", "39": "The disk is full.", "64": "The specified network name is no longer available.",
	"80": "The file exists.", "112": "There is not enough space on the disk.", "123": "The filename, directory name, or volume label syntax is incorrect.",
	"145": "The directory is not empty.", "183": "Cannot create a file when that file already exists.", "206": "The filename or extension is too long.",
	"995": "The I/O operation has been aborted.", "1236": "The network connection was aborted by the local system.", "1295": "Disk quota exceeded.",
	"1326": "Logon failure: unknown user name or bad password.", "1327": "Logon failure: user account restriction.", "1328": "Logon failure: account logon time restriction violation.",
	"1330": "Logon failure: the specified account password has expired.", "1331": "Logon failure: account currently disabled.",
	"1385": "Logon failure: the user has not been granted the requested logon type.", "1793": "The user's account has expired.",
	"1907": "The user's password must be changed before logging on the first time.", "1909": "The referenced account is currently locked out.",
	"10053": "Connection aborted.", "10054": "Connection reset by peer.", "10060": "Connection timed out.", "10061": "Connection refused.",
}
