package shop

const config = "{\"name\": [{\"service\": \"shop.v1.StockService\", \"method\": \"Reserve\"}]}"
