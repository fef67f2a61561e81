package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"strings"
	"time"

	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"
	coldchainv1 "larder.example/gen/go/larder/coldchain/v1"
	scoringv1 "larder.example/gen/go/larder/scoring/v1"
	storefrontv1 "larder.example/gen/go/larder/storefront/v1"
)

// score asks at the edge how likely goods are to spoil, with an access token: by one call for one class of goods, by one for
// many. It prints a line for each. The temperatures are half an hour apart; 10 packs keep for three days more.
func score(ctx context.Context, words []string) (bool, error) {
	classes, words := split(words)
	names := strings.Split(classes, ",")
	goods, err := goodsOf(names, words)
	if err != nil {
		return false, err
	}
	trusted, err := authorities("LARDER_EDGE_CA")
	if err != nil {
		return false, err
	}
	token, err := setting("LARDER_TOKEN")
	if err != nil {
		return false, err
	}
	address, err := setting("LARDER_EDGE")
	if err != nil {
		return false, err
	}
	service := storefrontv1.ColdChainService_ServiceDesc.ServiceName
	channel, err := openChannel(address, &tls.Config{RootCAs: trusted}, service)
	if err != nil {
		return false, err
	}
	defer channel.Close()
	coldChain := storefrontv1.NewColdChainServiceClient(channel)
	ctx = metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+token)
	if len(goods) == 1 {
		answer, err := coldChain.ScoreGoods(ctx, &storefrontv1.ScoreGoodsRequest{Goods: goods[0]})
		if err != nil {
			return false, err
		}
		printScore(names[0], answer.GetScore())
		return true, nil
	}
	answer, err := coldChain.BatchScoreGoods(ctx, &storefrontv1.BatchScoreGoodsRequest{Goods: goods})
	if err != nil {
		return false, err
	}
	for i, score := range answer.GetScores() {
		printScore(names[i], score)
	}
	return true, nil
}

func goodsOf(names, words []string) ([]*scoringv1.Goods, error) {
	celsius, err := temperatures(words)
	if err != nil {
		return nil, err
	}
	start := time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)
	history := make([]*coldchainv1.TemperatureSample, len(celsius))
	for i, value := range celsius {
		taken := start.Add(time.Duration(i) * 30 * time.Minute)
		history[i] = &coldchainv1.TemperatureSample{Time: timestamppb.New(taken), Celsius: value}
	}
	goods := make([]*scoringv1.Goods, len(names))
	for i, name := range names {
		class := scoringv1.ProductClass_value["PRODUCT_CLASS_"+strings.ToUpper(name)]
		if class == 0 {
			return nil, usageError(name + " is no class of products")
		}
		goods[i] = &scoringv1.Goods{
			ProductClass:       scoringv1.ProductClass(class),
			History:            history,
			RemainingShelfLife: durationpb.New(3 * 24 * time.Hour),
			Stock:              10,
		}
	}
	return goods, nil
}

// split returns the first word, empty if there is none, and the others.
func split(words []string) (string, []string) {
	if len(words) == 0 {
		return "", nil
	}
	return words[0], words[1:]
}

func printScore(name string, score *scoringv1.SpoilageScore) {
	fmt.Printf("%s: risk %.3f, markdown %d %%, %s\n", name, score.GetSpoilageRisk(), score.GetMarkdownPercent(), score.GetModel())
}
