#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The whole product in a guest: the daemon, the demo as its work, and what they show.
#
#   product.sh PORT SECONDS DEMO_SECONDS
#
# PORT is where the host reaches the daemon. It ends SECONDS after the daemon came up (0: never); the
# demo runs again and again, so that there is always something to see.
port=$1
seconds=$2
demo_seconds=$3
patience=60

echo 1 >/sys/kernel/mm/numa/demotion_enabled 2>/dev/null
if [ -e /guest/pagefare_copy.ko ]; then
  insmod /guest/pagefare_copy.ko offloading=1 engine=threads threads=4 || exit 1
  echo "the copy module is loaded and on: engine threads, 4 copiers of each huge page"
fi
pagefare run --listen 0.0.0.0:9464 >/out/daemon.log 2>&1 &
daemon=$!
tries=0
until wget -q -O /dev/null http://127.0.0.1:9464/readyz 2>/dev/null; do
  tries=$((tries + 1))
  if [ $tries -gt $patience ] || ! kill -0 $daemon 2>/dev/null; then
    echo "the daemon did not come up:"
    cat /out/daemon.log
    exit 1
  fi
  sleep 1
done
started=$(date +%s)
echo "pagefare serves http://127.0.0.1:$port/; the demo moves pages for $demo_seconds s"
pagefare demo --quiet --seconds "$demo_seconds" || exit 1
sleep 3 # the last moves are told at the end of a period
pagefare top --once
echo "serving http://127.0.0.1:$port/ (/status, /metrics); the demo goes on"
while kill -0 $daemon 2>/dev/null; do
  if [ "$seconds" -gt 0 ] && [ $(($(date +%s) - started)) -ge "$seconds" ]; then break; fi
  pagefare demo --quiet --seconds "$demo_seconds" >/dev/null || sleep "$demo_seconds"
done
kill $daemon 2>/dev/null
wait $daemon
