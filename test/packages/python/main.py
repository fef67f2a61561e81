"""An outside program: it knows the installed package and an address, and prints what the catalog said."""

import json
import sys

import grpc
from larder_contract.larder.catalog.v1.catalog_service_pb import GetProductRequest
from larder_contract.larder.catalog.v1.catalog_service_pb_grpc import CatalogServiceClientSync

address, name = sys.argv[1:]
with grpc.insecure_channel(address) as channel:
    catalog = CatalogServiceClientSync(channel)
    product = catalog.get_product(GetProductRequest(name=name)).product
    try:
        catalog.get_product(GetProductRequest(name="products/no-such-thing"))
        refused = "nothing"
    except grpc.RpcError as error:
        refused = error.code().name
print(json.dumps({"displayName": product.display_name, "units": str(product.price.units), "refused": refused}))
