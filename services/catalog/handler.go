package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"math"
	"strconv"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	catalogv1 "larder.example/gen/go/larder/catalog/v1"
	typev1 "larder.example/gen/go/larder/type/v1"
	"larder.example/platform/go"
)

const (
	namePrefix   = "products/"
	currency     = "EUR"
	nanosPerCent = 10_000_000
)

// handler answers CatalogService.
type handler struct {
	catalogv1.UnsafeCatalogServiceServer
	store *store
	cache *cache
}

func newHandler(store *store, cache *cache) *handler { return &handler{store: store, cache: cache} }

func (h *handler) GetProduct(ctx context.Context, r *catalogv1.GetProductRequest) (*catalogv1.GetProductResponse, error) {
	answer, err := h.cache.get(ctx, r.GetName())
	if err == nil && answer == nil {
		err = productNotFound(r.GetName())
	}
	return answer, err
}

func (h *handler) BatchGetProducts(ctx context.Context, r *catalogv1.BatchGetProductsRequest) (*catalogv1.BatchGetProductsResponse, error) {
	answers, err := h.cache.batch(ctx, r.GetNames())
	if err != nil {
		return nil, err
	}
	products := make([]*catalogv1.Product, len(r.GetNames()))
	for i, name := range r.GetNames() {
		answer, ok := answers[name]
		if !ok {
			return nil, productNotFound(name)
		}
		products[i] = answer.GetProduct()
	}
	return &catalogv1.BatchGetProductsResponse{Products: products}, nil
}

func (h *handler) ListProducts(ctx context.Context, r *catalogv1.ListProductsRequest) (*catalogv1.ListProductsResponse, error) {
	list := []string{"ListProducts", r.GetCategory()}
	after, ok := pagePosition(r.GetPageToken(), list...)
	if !ok {
		return nil, pageTokenInvalid()
	}
	size := int(pageSize(r.GetPageSize(), 50, 200))
	// One more than asked for tells whether there is another page.
	found, err := h.store.list(ctx, r.GetCategory(), after, size+1)
	if err != nil {
		return nil, err
	}
	answer := &catalogv1.ListProductsResponse{}
	if len(found) > size {
		found = found[:size]
		answer.NextPageToken = pageToken(found[size-1].id, list...)
	}
	answer.Products = toProtos(found)
	return answer, nil
}

func (h *handler) SearchProducts(ctx context.Context, r *catalogv1.SearchProductsRequest) (*catalogv1.SearchProductsResponse, error) {
	list := []string{"SearchProducts", r.GetQuery()}
	position, ok := pagePosition(r.GetPageToken(), list...)
	offset, err := strconv.Atoi("0" + position)
	if !ok || err != nil {
		return nil, pageTokenInvalid()
	}
	whole, last := searchWords(r.GetQuery())
	if last == "" {
		return &catalogv1.SearchProductsResponse{}, nil
	}
	size := int(pageSize(r.GetPageSize(), 20, 100))
	found, err := h.store.search(ctx, whole, last, offset, size+1)
	if err != nil {
		return nil, err
	}
	answer := &catalogv1.SearchProductsResponse{}
	if len(found) > size {
		found = found[:size]
		answer.NextPageToken = pageToken(strconv.Itoa(offset+size), list...)
	}
	answer.Products = toProtos(found)
	return answer, nil
}

func (h *handler) ListPriceChanges(ctx context.Context, r *catalogv1.ListPriceChangesRequest) (*catalogv1.ListPriceChangesResponse, error) {
	list := []string{"ListPriceChanges", r.GetProduct()}
	position, ok := pagePosition(r.GetPageToken(), list...)
	before := int64(math.MaxInt64)
	if ok && position != "" {
		var err error
		before, err = strconv.ParseInt(position, 10, 64)
		ok = err == nil
	}
	if !ok {
		return nil, pageTokenInvalid()
	}
	size := int(pageSize(r.GetPageSize(), 50, 200))
	found, err := h.store.priceChanges(ctx, strings.TrimPrefix(r.GetProduct(), namePrefix), before, size+1)
	if err != nil {
		return nil, toStatus(err, r.GetProduct(), "")
	}
	answer := &catalogv1.ListPriceChangesResponse{}
	if len(found) > size {
		found = found[:size]
		answer.NextPageToken = pageToken(strconv.FormatInt(found[size-1].id, 10), list...)
	}
	for _, change := range found {
		entry := &catalogv1.PriceChange{
			Product:    namePrefix + change.productID,
			NewPrice:   toMoney(change.newCents),
			EffectTime: timestamppb.New(change.effectTime),
		}
		if change.oldCents != nil {
			entry.OldPrice = toMoney(*change.oldCents)
		}
		answer.PriceChanges = append(answer.PriceChanges, entry)
	}
	return answer, nil
}

func (h *handler) ChangePrice(ctx context.Context, r *catalogv1.ChangePriceRequest) (*catalogv1.ChangePriceResponse, error) {
	body, err := proto.MarshalOptions{Deterministic: true}.Marshal(r)
	if err != nil {
		return nil, err
	}
	hash := sha256.Sum256(body)
	id := strings.TrimPrefix(r.GetProduct(), namePrefix)
	request := priceRequest{
		caller: platform.CallOf(ctx).Caller, id: r.GetRequestId(), hash: hash[:], productID: id,
		cents: r.GetPrice().GetUnits()*100 + int64(r.GetPrice().GetNanos())/nanosPerCent,
	}
	result, err := h.store.changePrice(ctx, request, func(p product) ([]byte, error) { return proto.Marshal(toProto(p)) })
	if err != nil {
		return nil, toStatus(err, r.GetProduct(), r.GetRequestId())
	}
	// The database tells us too, but the next call on this instance may come before that.
	h.cache.drop(id)
	changed := &catalogv1.Product{}
	if err := proto.Unmarshal(result, changed); err != nil {
		return nil, err
	}
	return &catalogv1.ChangePriceResponse{Product: changed}, nil
}

// toStatus turns the errors of the store into reasons of the contract; the kit answers the others.
func toStatus(err error, name, requestID string) error {
	switch {
	case errors.Is(err, errNoProduct):
		return productNotFound(name)
	case errors.Is(err, errReused):
		return requestIDReused(requestID)
	}
	return err
}

func toProtos(products []product) []*catalogv1.Product {
	converted := make([]*catalogv1.Product, len(products))
	for i, p := range products {
		converted[i] = toProto(p)
	}
	return converted
}

func toProto(p product) *catalogv1.Product {
	return &catalogv1.Product{
		Name:          namePrefix + p.id,
		DisplayName:   p.displayName,
		Brand:         p.brand,
		Category:      p.category,
		Unit:          p.unit,
		PackSize:      p.packSize,
		Allergens:     p.allergens,
		StorageClass:  catalogv1.StorageClass(p.storageClass),
		ShelfLifeDays: p.shelfLifeDays,
		Price:         toMoney(p.priceCents),
		Description:   p.description,
		UpdateTime:    timestamppb.New(p.updateTime),
	}
}

func toMoney(cents int64) *typev1.Money {
	return &typev1.Money{CurrencyCode: currency, Units: cents / 100, Nanos: int32(cents%100) * nanosPerCent}
}
