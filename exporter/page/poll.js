// SPDX-License-Identifier: Apache-2.0
// Asks for /status once per period of the daemon, and again and again while it does not answer.

const kPatienceMs = 10000;
const kMinPollMs = 250;
const kMaxPollMs = 30000;
const kMaxRetryMs = 8000;

async function ask() {
  const reply = await fetch('status', {cache: 'no-store', signal: AbortSignal.timeout(kPatienceMs)});
  if (reply.ok) return {kind: 'status', status: await reply.json()};
  const said = (await reply.text()).trim().slice(0, 300);
  if (reply.status === 503) return {kind: 'waiting', said};
  return {kind: 'gone', said: `it answered ${reply.status}${said === '' ? '' : `: ${said}`}`};
}

async function askOrGone() {
  try {
    return await ask();
  } catch (error) {
    return {kind: 'gone', said: error.name === 'TimeoutError' ? 'no answer within 10 s' : 'no connection'};
  }
}

// tell({kind, status | said, retryMs}) for every answer and every lack of one; never ends.
async function poll(tell) {
  let failures = 0;
  for (;;) {
    const answer = await askOrGone();
    failures = answer.kind === 'gone' ? failures + 1 : 0;
    let pause = 1000;
    if (answer.kind === 'status') {
      pause = Math.min(Math.max(answer.status.period_ns / 1e6, kMinPollMs), kMaxPollMs);
    } else if (answer.kind === 'gone') {
      pause = Math.min(1000 * 2 ** (failures - 1), kMaxRetryMs);
    }
    try {
      tell({...answer, retryMs: pause});
    } catch (error) {
      // An answer that cannot be drawn must not end the asking.
      console.error(error);
      byId('link-text').textContent = 'this page failed to draw the last answer';
    }
    await new Promise((resume) => setTimeout(resume, pause));
  }
}
