package main

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"

	"larder.example/catalog/seed"
	catalogv1 "larder.example/gen/go/larder/catalog/v1"
)

var storageClasses = map[string]catalogv1.StorageClass{
	"ambient": catalogv1.StorageClass_STORAGE_CLASS_AMBIENT,
	"chilled": catalogv1.StorageClass_STORAGE_CLASS_CHILLED,
	"frozen":  catalogv1.StorageClass_STORAGE_CLASS_FROZEN,
}

// loadDemo adds those products of the demonstration range that are not there yet. What is there stays as it is, its price
// above all.
func loadDemo(ctx context.Context, conn *pgx.Conn) error {
	products, err := seed.Products()
	if err != nil {
		return err
	}
	type row struct {
		seed.Product
		StorageClass catalogv1.StorageClass `json:"storageClass"`
	}
	rows := make([]row, len(products))
	for i, p := range products {
		rows[i] = row{p, storageClasses[p.StorageClass]}
	}
	text, err := json.Marshal(rows)
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, `
		with added as (
			insert into products (id, display_name, brand, category, unit, pack_size, allergens, storage_class, shelf_life_days, price_cents, description)
			select id, name, brand, category, unit, "packSize", allergens, "storageClass", "shelfLifeDays", "priceMinor", description
			from jsonb_to_recordset($1::jsonb) as range(id text, name text, brand text, category text, unit text, "packSize" int,
				allergens text[], "storageClass" smallint, "shelfLifeDays" int, "priceMinor" bigint, description text)
			on conflict (id) do nothing
			returning id, price_cents
		)
		insert into price_changes (product_id, new_cents) select id, price_cents from added`, string(text))
	if err != nil {
		return fmt.Errorf("load the demonstration range: %w", err)
	}
	return nil
}
