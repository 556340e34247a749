package sftp

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/des" //nolint:gosec // old key files use 3DES
	"crypto/pbkdf2"
	"crypto/sha1" //nolint:gosec // the default PRF of PBKDF2 in old key files
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"hash"

	"golang.org/x/crypto/ssh"

	"mftprobe/probe"
)

// maxIterations bounds the work that a key file can demand.
const maxIterations = 10_000_000

// Object identifiers of RFC 8018.
var (
	oidPBES2  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}
	oidPBKDF2 = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 12}
)

// prfs are the pseudo-random functions of PBKDF2 (RFC 8018 appendix B.1).
var prfs = map[string]func() hash.Hash{
	"1.2.840.113549.2.7": sha1.New, "1.2.840.113549.2.9": sha256.New, "1.2.840.113549.2.10": sha512.New384, "1.2.840.113549.2.11": sha512.New,
}

// scheme is a block cipher in CBC mode with its key length in bytes.
type scheme struct {
	keyLength int
	block     func([]byte) (cipher.Block, error)
}

// schemes are the encryption schemes of RFC 8018 appendix B.2.
var schemes = map[string]scheme{
	"2.16.840.1.101.3.4.1.2": {16, aes.NewCipher}, "2.16.840.1.101.3.4.1.22": {24, aes.NewCipher},
	"2.16.840.1.101.3.4.1.42": {32, aes.NewCipher}, "1.2.840.113549.3.7": {24, des.NewTripleDESCipher},
}

type encryptedKey struct {
	Algorithm pkix.AlgorithmIdentifier
	Data      []byte
}

type pbes2Parameters struct {
	Derivation, Encryption pkix.AlgorithmIdentifier
}

type pbkdf2Parameters struct {
	Salt       []byte
	Iterations int
	KeyLength  int                      `asn1:"optional"`
	PRF        pkix.AlgorithmIdentifier `asn1:"optional"`
}

// parseEncryptedPKCS8 reads "ENCRYPTED PRIVATE KEY" (RFC 5958 section 3) with PBES2 and PBKDF2,
// which neither the standard library nor the SSH library can.
func parseEncryptedPKCS8(der []byte, passphrase probe.Secret) (ssh.Signer, error) {
	if !passphrase.IsSet() {
		return nil, ErrPassphraseMissing
	}
	plain, err := decryptPKCS8(der, passphrase.Reveal())
	if err != nil {
		return nil, err
	}
	key, err := x509.ParsePKCS8PrivateKey(plain)
	if err != nil {
		return nil, errPassphraseWrong // right padding by chance
	}
	return signerOf(key)
}

func decryptPKCS8(der []byte, passphrase string) ([]byte, error) {
	var outer encryptedKey
	var params pbes2Parameters
	var kdf pbkdf2Parameters
	var iv []byte
	if _, err := asn1.Unmarshal(der, &outer); err != nil {
		return nil, fmt.Errorf("cannot be read as PKCS #8: %w", err)
	}
	if !outer.Algorithm.Algorithm.Equal(oidPBES2) {
		return nil, errScheme
	}
	if _, err := asn1.Unmarshal(outer.Algorithm.Parameters.FullBytes, &params); err != nil {
		return nil, fmt.Errorf("cannot be read as PKCS #8: %w", err)
	}
	if _, err := asn1.Unmarshal(params.Derivation.Parameters.FullBytes, &kdf); err != nil || !params.Derivation.Algorithm.Equal(oidPBKDF2) {
		return nil, errScheme
	}
	s, ok := schemes[params.Encryption.Algorithm.String()]
	if _, err := asn1.Unmarshal(params.Encryption.Parameters.FullBytes, &iv); err != nil || !ok {
		return nil, errScheme
	}
	return decryptCBC(s, kdf, iv, outer.Data, passphrase)
}

var errScheme = errors.New("is encrypted in a way that is not supported; convert it with ssh-keygen -p -f")

func decryptCBC(s scheme, kdf pbkdf2Parameters, iv, data []byte, passphrase string) ([]byte, error) {
	prf := sha1.New
	if kdf.PRF.Algorithm != nil {
		prf = prfs[kdf.PRF.Algorithm.String()]
	}
	if prf == nil || kdf.Iterations < 1 || kdf.Iterations > maxIterations {
		return nil, errScheme
	}
	key, err := pbkdf2.Key(prf, passphrase, kdf.Salt, kdf.Iterations, s.keyLength)
	if err != nil {
		return nil, fmt.Errorf("cannot be decrypted: %w", err)
	}
	block, err := s.block(key)
	if err != nil {
		return nil, fmt.Errorf("cannot be decrypted: %w", err)
	}
	size := block.BlockSize()
	if len(iv) != size || len(data) == 0 || len(data)%size != 0 {
		return nil, errScheme
	}
	plain := make([]byte, len(data))
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(plain, data)
	pad := int(plain[len(plain)-1])
	if pad < 1 || pad > size {
		return nil, errPassphraseWrong
	}
	return plain[:len(plain)-pad], nil
}
