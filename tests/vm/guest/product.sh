#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The whole product in a guest: the daemon, the demo as its work, and what they show.
#   product.sh PORT SECONDS     PORT is where the host reaches the daemon; SECONDS 0 is until switched off
port=$1
seconds=$2

echo 1 >/sys/kernel/mm/numa/demotion_enabled 2>/dev/null
pagefare run --listen 0.0.0.0:9464 >/out/daemon.log 2>&1 &
daemon=$!
tries=0
until wget -q -O /dev/null http://127.0.0.1:9464/status 2>/dev/null; do
  tries=$((tries + 1))
  if [ $tries -gt 60 ] || ! kill -0 $daemon 2>/dev/null; then
    echo "pagefare did not come up:"
    cat /out/daemon.log
    exit 1
  fi
  sleep 1
done
echo "pagefare runs in the guest; from here: http://127.0.0.1:$port/"
pagefare demo &
demo=$!
sleep 10
pagefare top --once
echo "serving http://127.0.0.1:$port/ (status: /status, metrics: /metrics)"
if [ "$seconds" -gt 0 ]; then
  sleep "$seconds"
else
  while kill -0 $daemon 2>/dev/null; do sleep 5; done
fi
kill $demo $daemon 2>/dev/null
wait $daemon
