// Package seed holds the demonstration range: the products that CATALOG_SEED=demo loads.
//
// products.json is made by ./generate and committed. Pricing and inventory read the same file for their own seeds.
package seed

import (
	_ "embed"
	"encoding/json"
	"fmt"
)

//go:generate go run ./generate

//go:embed products.json
var productsJSON []byte

// Product is one entry of products.json.
type Product struct {
	// ID is the last part of the resource name: lower-case words joined by hyphens.
	ID string `json:"id"`
	// Name carries the variant but neither brand nor pack.
	Name  string `json:"name"`
	Brand string `json:"brand"`
	// Category is one of the twelve slugs, such as "dairy".
	Category string `json:"category"`
	// Unit is what PackSize counts: g, ml or piece.
	Unit string `json:"unit"`
	// PackSize is how many units one pack holds.
	PackSize int `json:"packSize"`
	// Allergens are slugs of the fourteen that must be declared in the EU, sorted. Empty means none.
	Allergens []string `json:"allergens"`
	// StorageClass is ambient, chilled or frozen.
	StorageClass string `json:"storageClass"`
	// ShelfLifeDays counts from delivery to the shop.
	ShelfLifeDays int `json:"shelfLifeDays"`
	// PriceMinor is the shelf price in hundredths of the currency.
	PriceMinor int `json:"priceMinor"`
	// Currency is an ISO 4217 code.
	Currency    string `json:"currency"`
	Description string `json:"description"`
}

// Products reads the embedded range.
func Products() ([]Product, error) {
	var products []Product
	if err := json.Unmarshal(productsJSON, &products); err != nil {
		return nil, fmt.Errorf("read products.json: %w", err)
	}
	return products, nil
}
