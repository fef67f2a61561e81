package main

import (
	"crypto/x509"
	"fmt"
	"os"
	"regexp"
	"strconv"
)

// usageError says what the program was not told.
type usageError string

func (e usageError) Error() string { return string(e) }

// setting returns a setting that must be there.
func setting(name string) (string, error) {
	if value := os.Getenv(name); value != "" {
		return value, nil
	}
	return "", usageError(name + " is not set")
}

// file returns what is in the file that a setting names.
func file(name string) ([]byte, error) {
	path, err := setting(name)
	if err != nil {
		return nil, err
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, usageError(fmt.Sprintf("%s names %s, which cannot be read", name, path))
	}
	return content, nil
}

// authorities returns the certificates that are trusted, in the file that a setting names.
func authorities(name string) (*x509.CertPool, error) {
	content, err := file(name)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(content) {
		return nil, usageError(name + " has no certificate")
	}
	return pool, nil
}

var number = regexp.MustCompile(`^-?\d+(\.\d+)?$`)

// temperatures reads words of the command line, at least one.
func temperatures(words []string) ([]float64, error) {
	if len(words) == 0 {
		return nil, usageError("there are no temperatures")
	}
	celsius := make([]float64, len(words))
	for i, word := range words {
		value, err := strconv.ParseFloat(word, 64)
		if err != nil || !number.MatchString(word) {
			return nil, usageError(word + " is no temperature")
		}
		celsius[i] = value
	}
	return celsius, nil
}
