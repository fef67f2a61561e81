package main

import (
	"strings"
	"testing"
)

func TestSearchWords(t *testing.T) {
	for query, want := range map[string][2]string{
		"milk":             {"", "milk:*"},
		"Whole  MILK":      {"whole", "milk:*"},
		"a b c":            {"a & b", "c:*"},
		"o'clock & | ! :*": {"o", "clock:*"},
		"Crème fraîche":    {"crème", "fraîche:*"},
		"7up":              {"", "7up:*"},
		" ?! ":             {"", ""},
		"":                 {"", ""},
	} {
		if whole, last := searchWords(query); whole != want[0] || last != want[1] {
			t.Errorf("%q: %q and %q, want %q", query, whole, last, want)
		}
	}
	whole, last := searchWords(strings.Repeat("a ", 100))
	if got := strings.Count(whole, "a"); got != maxWords-1 || last != "a:*" {
		t.Errorf("%d words and %q", got, last)
	}
}

func TestPageSize(t *testing.T) {
	for _, each := range [][2]int32{{0, 50}, {1, 1}, {200, 200}, {201, 200}} {
		if got := pageSize(each[0], 50, 200); got != each[1] {
			t.Errorf("%d asked for gives %d, want %d", each[0], got, each[1])
		}
	}
}

func TestAPageTokenHoldsForItsListOnly(t *testing.T) {
	token := pageToken("apple", "List", "fruit")
	if position, ok := pagePosition(token, "List", "fruit"); position != "apple" || !ok {
		t.Errorf("%q, %t", position, ok)
	}
	if position, ok := pagePosition("", "List", "fruit"); position != "" || !ok {
		t.Errorf("no token: %q, %t", position, ok)
	}
	for name, wrong := range map[string][]string{"another method": {"Search", "fruit"}, "another filter": {"List", "fish"}, "a part less": {"List"}} {
		if _, ok := pagePosition(token, wrong...); ok {
			t.Errorf("%s takes the token", name)
		}
	}
	for _, forged := range []string{"x", "%%%", token[:8], token + "!", "AAAAAAAAAAAAAAAA"} {
		if _, ok := pagePosition(forged, "List", "fruit"); ok {
			t.Errorf("%q is taken", forged)
		}
	}
}
