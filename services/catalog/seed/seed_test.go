package seed_test

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"larder.example/catalog/seed"
)

var digits = regexp.MustCompile(`[0-9]+`)

func TestRangeIsCompleteAndDistinct(t *testing.T) {
	products, err := seed.Products()
	if err != nil {
		t.Fatal(err)
	}
	if len(products) < 500 {
		t.Errorf("%d products, want at least 500", len(products))
	}
	categories, ids, texts := map[string]bool{}, map[string]bool{}, map[string]string{}
	for _, p := range products {
		categories[p.Category] = true
		if id := digits.ReplaceAllString(p.ID, ""); ids[id] {
			t.Errorf("%s differs from another id by a number at most", p.ID)
		} else {
			ids[id] = true
		}
		text := digits.ReplaceAllString(p.Name+"/"+p.Brand, "")
		if other, ok := texts[text]; ok {
			t.Errorf("%s and %s have one name and brand", p.ID, other)
		}
		texts[text] = p.ID
	}
	if len(categories) != 12 {
		t.Errorf("%d categories, want 12", len(categories))
	}
}

func TestEveryProductIsWellFormed(t *testing.T) {
	products, err := seed.Products()
	if err != nil {
		t.Fatal(err)
	}
	id := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	for _, p := range products {
		switch {
		case !id.MatchString(p.ID) || len(p.ID) > 80:
			t.Errorf("id %q is not a slug of at most 80 characters", p.ID)
		case p.Name == "" || p.Brand == "" || p.Description == "":
			t.Errorf("%s lacks a text", p.ID)
		case p.Unit != "g" && p.Unit != "ml" && p.Unit != "piece":
			t.Errorf("%s has the unit %q", p.ID, p.Unit)
		case p.StorageClass != "ambient" && p.StorageClass != "chilled" && p.StorageClass != "frozen":
			t.Errorf("%s has the storage class %q", p.ID, p.StorageClass)
		case p.PackSize < 1 || p.ShelfLifeDays < 1 || p.PriceMinor < 1 || p.Currency != "EUR" || p.Allergens == nil:
			t.Errorf("%s has an empty or negative field: %+v", p.ID, p)
		}
	}
}

func TestCommittedRangeIsWhatTheGeneratorWrites(t *testing.T) {
	dir := t.TempDir()
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	binary := dir + "/generate"
	if out, err := exec.Command("go", "build", "-p", "1", "-o", binary, "./generate").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	run := exec.Command(binary)
	run.Dir = dir
	if out, err := run.CombinedOutput(); err != nil {
		t.Fatalf("run: %v\n%s", err, out)
	}
	want, err := os.ReadFile(here + "/products.json")
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(dir + "/products.json")
	if err != nil {
		t.Fatal(err)
	}
	if strings.TrimSpace(string(got)) != strings.TrimSpace(string(want)) {
		t.Error("products.json is stale: run go generate ./seed")
	}
}
