// What a page does with a network: trains it, and shows its losses.
import { data } from "./data.js";
import { Iris, ready } from "./iris.js";

const violations = [];
document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
  violations.push(`${violatedDirective} ${blockedURI}`);
});

async function losses(options) {
  const net = new Iris({ seed: 3 });
  net.normalise({ flower: data.flower });
  const found = [];
  try {
    for await (const { loss } of net.train(data, { epochs: 4, ...options })) found.push(loss);
  } catch (error) {
    return error.code;
  }
  return found;
}

const worker = () => new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
const plans = {
  rounded: { compile: { fused: false }, train: {} },
  fused: { compile: {}, train: {} },
  "in two threads": { compile: { fused: false }, train: { threads: 2, worker } },
  "in two threads again": { compile: { fused: false }, train: { threads: 2, worker } },
  "in two threads made of text": { compile: { fused: false }, train: { threads: 2 } },
};

const plan = plans[decodeURIComponent(location.hash.slice(1))];
const { fused } = await ready(plan.compile);
const result = { losses: await losses(plan.train), fused, isolated: crossOriginIsolated, violations };
document.querySelector("pre").textContent = JSON.stringify(result);
