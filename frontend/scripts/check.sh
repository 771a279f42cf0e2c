#!/usr/bin/env bash
# Everything about the page that needs no browser: what is generated is current, and what is built is
# what the sources build.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
node scripts/messages.mjs --check
npx --no-install openapi-typescript ../docs/openapi.json --default-non-nullable false --output "$folder/schema.d.ts" >/dev/null 2>&1
diff -q "$folder/schema.d.ts" src/shared/api/schema.d.ts >/dev/null ||
  { echo "frontend/src/shared/api/schema.d.ts is stale: make page" >&2; exit 1; }
npm run --silent typecheck
npm run --silent lint
npm run --silent test -- --silent --reporter=dot
PAGE_FOLDER="$folder/static" npm run --silent build -- --logLevel warn
diff -r "$folder/static" ../backend/app/web/static ||
  { echo "backend/app/web/static is not what frontend/ builds: make page" >&2; exit 1; }
npm run --silent size
