#!/usr/bin/env bash
# Copies the protos of others from pinned packages into third_party/, one buf module each, and checks that they are the
# expected bytes. Run by scripts/setup.sh when scripts/third-party.sha256 or a pinned package changes.
set -euo pipefail
cd "$(dirname "$0")/.."

# The version of the rules that @bufbuild/protovalidate implements. Neither its npm nor its Python package ships the
# .proto file; the Go module of the project does.
protovalidate=github.com/bufbuild/protovalidate@v1.2.2

new=.build/third_party.new
rm -rf "$new"
mkdir -p "$new"

# put <source> <module>/<path>
put() {
  mkdir -p "$(dirname "$new/$2")"
  cp "$1" "$new/$2"
  chmod 644 "$new/$2"
}

module_dir=$(cd .build && GOWORK=off go mod download -json "$protovalidate" | sed -n 's/^[[:space:]]*"Dir": "\(.*\)",*$/\1/p')
put "$module_dir/proto/protovalidate/buf/validate/validate.proto" protovalidate/buf/validate/validate.proto

google=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/google
for file in api/annotations api/http rpc/code rpc/error_details rpc/status; do
  put "$google/$file.proto" "googleapis/google/$file.proto"
done

put node_modules/grpc-health-check/proto/health/v1/health.proto grpc-health/grpc/health/v1/health.proto
for version in v1 v1alpha; do
  put "node_modules/@grpc/reflection/build/proto/grpc/reflection/$version/reflection.proto" \
    "grpc-reflection/grpc/reflection/$version/reflection.proto"
done

if command -v sha256sum >/dev/null; then sum="sha256sum"; else sum="shasum -a 256"; fi
(cd "$new" && find . -type f | LC_ALL=C sort | xargs $sum) >"$new.sha256"
if [ "${1:-}" = --record ]; then
  cp "$new.sha256" scripts/third-party.sha256
elif ! cmp -s "$new.sha256" scripts/third-party.sha256; then
  diff scripts/third-party.sha256 "$new.sha256" >&2 || true
  echo "third-party protos differ from scripts/third-party.sha256: check the change, then run scripts/third-party.sh --record" >&2
  exit 1
fi
rm -rf third_party
mv "$new" third_party
rm -f "$new.sha256"
