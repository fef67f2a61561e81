package main

import (
	"google.golang.org/grpc/codes"

	"larder.example/platform/go"
)

// Every reason that the catalog gives of its own. catalog_service.proto lists the same ones.

func productNotFound(name string) error {
	return platform.RPCError("catalog", codes.NotFound, "PRODUCT_NOT_FOUND", name+" does not exist", map[string]string{"name": name})
}

func pageTokenInvalid() error {
	return platform.RPCError("catalog", codes.InvalidArgument, "PAGE_TOKEN_INVALID", "the page token is not one for this list", nil)
}

func requestIDReused(id string) error {
	return platform.RPCError("catalog", codes.AlreadyExists, "REQUEST_ID_REUSED", "the request id was used with another body", map[string]string{"request_id": id})
}
