// Package sftp is the driver for SFTP.
package sftp
