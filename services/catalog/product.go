package main

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"time"
	"unicode"
)

// product is a product on sale.
type product struct {
	id            string
	displayName   string
	brand         string
	category      string
	unit          string
	packSize      int32
	allergens     []string
	storageClass  int32
	shelfLifeDays int32
	priceCents    int64
	description   string
	updateTime    time.Time
}

// priceChange is a change of a product's price. oldCents is nil for the first one.
type priceChange struct {
	id         int64
	productID  string
	oldCents   *int64
	newCents   int64
	effectTime time.Time
}

// maxWords bounds the work of one search.
const maxWords = 16

// searchWords splits what somebody typed into whole words, joined by " & ", and the last one, which may be a beginning.
// Both are safe to put into a tsquery: they hold letters and digits only. No word at all gives two empty texts.
func searchWords(query string) (whole, last string) {
	words := strings.FieldsFunc(strings.ToLower(query), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if len(words) == 0 {
		return "", ""
	}
	words = words[:min(len(words), maxWords)]
	end := len(words) - 1
	return strings.Join(words[:end], " & "), words[end] + ":*"
}

// pageSize is the number of entries to return for what was asked: 0 means fallback, more than limit means limit.
func pageSize(asked, fallback, limit int32) int32 {
	if asked == 0 {
		return fallback
	}
	return min(asked, limit)
}

// pageToken names a position in a list. It holds for that list alone, which the parts tell: its method and its filter.
func pageToken(position string, list ...string) string {
	return base64.RawURLEncoding.EncodeToString(append(fingerprint(list), position...))
}

// pagePosition reads a position back. An empty token is the beginning. ok is false for a token of another list.
func pagePosition(token string, list ...string) (position string, ok bool) {
	if token == "" {
		return "", true
	}
	raw, err := base64.RawURLEncoding.DecodeString(token)
	print := fingerprint(list)
	if err != nil || len(raw) <= len(print) || string(raw[:len(print)]) != string(print) {
		return "", false
	}
	return string(raw[len(print):]), true
}

func fingerprint(list []string) []byte {
	sum := sha256.Sum256([]byte(strings.Join(list, "\x00")))
	return sum[:8]
}
