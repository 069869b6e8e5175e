#!/bin/sh
# The demo shop, from start to stop: the server, an application's questions, an analyst's questions.
#
#     demo.sh [PATH-OF-ZPLANE]
set -eu
here=$(dirname "$0")
zplane=$(readlink -f "${1:-$here/../../build/zplane}")
cd "$here"
out=$(mktemp)

"$zplane" serve --demo --port=0 --log-level=WARN >"$out" &
server=$!
trap 'kill $server 2>/dev/null; wait $server 2>/dev/null; rm -f "$out"' EXIT INT TERM

# It is up when it has printed "ready"; on the way it says where it listens.
tries=0
until grep -q '^ready' "$out"; do
    tries=$((tries + 1))
    if [ $tries -gt 100 ] || ! kill -0 $server 2>/dev/null; then
        cat "$out" >&2
        echo "the server did not start" >&2
        exit 1
    fi
    sleep 0.1
done
cat "$out"
port=$(sed -n 's/^listening on 127\.0\.0\.1:\([0-9]*\).*/\1/p' "$out" | head -n 1)
folder=$(sed -n 's/.*--credentials \(.*\)\/shop-writer\.credentials.*/\1/p' "$out")

echo
echo "== an application asks (client.py)"
python3 client.py "$port"

echo
echo "== an analyst asks (zplane query)"
for expr in 'head(visits, 3)' 'tail(visits, 2)' 'colSums(visits)'; do
    echo "> $expr"
    "$zplane" query "127.0.0.1:$port" --credentials "$folder/shop-writer.credentials" -e "$expr"
done
