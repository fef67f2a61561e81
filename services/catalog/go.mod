module larder.example/catalog

go 1.26
