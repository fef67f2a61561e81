// Command generate writes ../products.json, the demonstration range of the shop, from the text in ranges.go.
//
// It draws brands, packs and prices from a generator with a fixed seed, so every run gives the same bytes. Product ids are
// made of name, pack and brand and stay as they are: the seeds of pricing and inventory refer to them.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"larder.example/catalog/seed"
)

// fixedSeed decides every draw. Another value gives another range with other ids.
const fixedSeed = 20261128

func main() {
	products, err := products()
	if err == nil {
		err = write("products.json", products)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

// products builds the range, ordered by category as in the table, then by id.
func products() ([]seed.Product, error) {
	random := rand.New(rand.NewPCG(fixedSeed, 0))
	var all []seed.Product
	taken := map[string]string{}
	for _, c := range categories {
		var part []seed.Product
		for _, k := range c.kinds {
			for _, variant := range k.variants {
				for _, brand := range draw(random, c.brands) {
					p, err := product(random, c, k, variant, brand)
					if err != nil {
						return nil, err
					}
					key := withoutNumbers(p.ID)
					if other, ok := taken[key]; ok {
						return nil, fmt.Errorf("%s and %s differ by a number at most", other, p.ID)
					}
					taken[key] = p.ID
					part = append(part, p)
				}
			}
		}
		slices.SortFunc(part, func(a, b seed.Product) int { return strings.Compare(a.ID, b.ID) })
		all = append(all, part...)
	}
	return all, nil
}

// draw picks one brand, and a second one in one case of eight.
func draw(random *rand.Rand, brands []string) []string {
	first := random.IntN(len(brands))
	picked := []string{brands[first]}
	if random.IntN(8) == 0 {
		picked = append(picked, brands[(first+1+random.IntN(len(brands)-1))%len(brands)])
	}
	return picked
}

func product(random *rand.Rand, c category, k kind, variant, brand string) (seed.Product, error) {
	variant, extra, _ := strings.Cut(variant, "+")
	pack := k.packs[random.IntN(len(k.packs))]
	size, unit, err := measure(pack)
	if err != nil {
		return seed.Product{}, err
	}
	name := strings.Replace(k.name, "*", variant, 1)
	cents := k.cents * (85 + random.IntN(41)) / 100
	return seed.Product{
		ID:            slug(name + " " + pack + " " + brand),
		Name:          name,
		Brand:         brand,
		Category:      c.slug,
		Unit:          unit,
		PackSize:      size,
		Allergens:     allergens(k.allergens, extra),
		StorageClass:  k.storage,
		ShelfLifeDays: k.days,
		PriceMinor:    cents - cents%10 + 9,
		Currency:      "EUR",
		Description:   k.about + " " + c.hints[random.IntN(len(c.hints))],
	}, nil
}

// measure reads a pack, such as "750 g", "1 l", "6 pieces" or "6 x 330 ml", as a number of g, ml or pieces.
func measure(pack string) (size int, unit string, err error) {
	times := 1
	rest := pack
	if many, one, ok := strings.Cut(pack, " x "); ok {
		if times, err = strconv.Atoi(many); err != nil {
			return 0, "", fmt.Errorf("pack %q: %w", pack, err)
		}
		rest = one
	}
	number, word, _ := strings.Cut(rest, " ")
	if size, err = strconv.Atoi(number); err != nil {
		return 0, "", fmt.Errorf("pack %q: %w", pack, err)
	}
	switch word {
	case "g", "ml":
		return times * size, word, nil
	case "kg":
		return times * size * 1000, "g", nil
	case "l":
		return times * size * 1000, "ml", nil
	case "piece", "pieces", "bags":
		return times * size, "piece", nil
	}
	return 0, "", fmt.Errorf("pack %q: unknown unit %q", pack, word)
}

func allergens(lists ...string) []string {
	found := []string{}
	for _, list := range lists {
		for item := range strings.SplitSeq(list, ",") {
			if item != "" && !slices.Contains(found, item) {
				found = append(found, item)
			}
		}
	}
	slices.Sort(found)
	return found
}

// slug turns text into lower-case words joined by hyphens: "Whole Milk 1 l Hillside" becomes "whole-milk-1l-hillside".
func slug(text string) string {
	plain := strings.NewReplacer("é", "e", "è", "e", "ç", "c", "'", "", "&", "and", " x ", "x").Replace(strings.ToLower(text))
	words := strings.FieldsFunc(plain, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	var joined strings.Builder
	for i, word := range words {
		if i > 0 && !(isUnit(word) && unicode.IsDigit(rune(words[i-1][len(words[i-1])-1]))) {
			joined.WriteByte('-')
		}
		joined.WriteString(word)
	}
	return joined.String()
}

func isUnit(word string) bool {
	return slices.Contains([]string{"l", "ml", "kg", "g"}, word)
}

func withoutNumbers(id string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return -1
		}
		return r
	}, id)
}

func write(path string, products []seed.Product) error {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(products); err != nil {
		return err
	}
	return os.WriteFile(path, out.Bytes(), 0o644)
}
