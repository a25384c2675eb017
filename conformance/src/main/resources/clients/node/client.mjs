// Runs the Node SDK for the tests: reads one request per line, answers with one line.
// Request: {"host", "token", "steps": [{"call": "get" | "create" | "update" | "delete", "with": {...}}]}
// Answer:  {"results": [...]} or {"error": "..."}.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const Phase = createRequire(import.meta.url)("@phase.dev/phase-node");
const CALLS = new Set(["get", "create", "update", "delete"]);
const GIVE_UP_MILLISECONDS = 20_000;

// What the SDK prints must not be taken for an answer, and some failures it only prints.
let complain = () => {};
console.log = console.error = console.warn = (...texts) => complain(new Error(texts.join(" ")));
process.on("unhandledRejection", (reason) => complain(reason));

async function answer({ host, token, steps }) {
  const phase = new Phase(token, host);
  await phase.init();
  const results = [];
  for (const step of steps) {
    if (!CALLS.has(step.call)) {
      throw new Error(`no such call: ${step.call}`);
    }
    results.push((await phase[step.call](step.with)) ?? null);
  }
  return { results };
}

// Some calls of the SDK never settle when the server refuses them.
function failing() {
  return new Promise((_, reject) => {
    complain = reject;
    setTimeout(() => reject(new Error("no answer")), GIVE_UP_MILLISECONDS).unref();
  });
}

for await (const line of createInterface({ input: process.stdin })) {
  let reply;
  try {
    reply = await Promise.race([answer(JSON.parse(line)), failing()]);
  } catch (failure) {
    reply = { error: String(failure?.message ?? failure) };
  }
  process.stdout.write(JSON.stringify(reply) + "\n");
}
