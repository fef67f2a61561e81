// Command etcd is the store of the API server of the tests. Its module has replacements, so that `go install` does not take it.
package main

import (
	"os"

	"go.etcd.io/etcd/server/v3/etcdmain"
)

func main() {
	etcdmain.Main(os.Args)
}
