// The page of the service: shows a score with its contributions, and a translation with its attention. No libraries.
const at = id => document.getElementById(id);

function make(parent, tag, properties = {}) {
  const element = Object.assign(document.createElement(tag), properties);
  parent.append(element);
  return element;
}

async function call(path, body) {
  const request = body && { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const answer = await fetch(path, request);
  if (!answer.ok) {
    const problem = await answer.json().catch(() => ({}));
    throw new Error(problem.detail ?? problem.title ?? `The service answers ${answer.status}.`);
  }
  return answer;
}

// Runs work for the newest question only: an answer that comes after a newer question is dropped.
function newest(work) {
  let last = 0;
  return async (...given) => {
    const turn = ++last;
    try {
      await work(() => turn === last, ...given);
      at("problem").hidden = true;
    } catch (error) {
      at("problem").textContent = error.message;
      at("problem").hidden = false;
    }
  };
}

const detect = newest(async isNewest => {
  const features = [...at("sensors").querySelectorAll("input")].map(input => input.valueAsNumber);
  const found = await (await call("anomaly/explanation", { features })).json();
  if (!isNewest()) return;
  at("score").textContent = (found.score > 0 ? "+" : "") + found.score.toFixed(2).replace("-", "−");
  at("verdict").textContent = found.predictedLabel ? "anomalous" : "normal";
  at("verdict").className = `pill ${found.predictedLabel ? "bad" : "good"}`;
  const bars = at("bars");
  bars.replaceChildren();
  const sorted = found.contributions.toSorted((a, b) => b.value - a.value);
  // All bars in one scale; that of a normal row ends well before the right side.
  const most = Math.max(sorted[0].value, 1.5 * (found.predictedLabel ? 0 : sorted[0].value), 1e-9);
  for (const { slot, value } of sorted) {
    make(bars, "span", { textContent: slot });
    const bar = make(make(bars, "div", { className: "track" }), "div", { className: "bar" });
    bar.style.width = `${100 * Math.max(value, 0) / most}%`;
    if (found.predictedLabel && value > 0.6 * sorted[0].value) bar.classList.add("top");
    make(bars, "span", { className: "value", textContent: value.toFixed(2) });
  }
});

const translate = newest(async isNewest => {
  const text = at("text").value;
  at("said").textContent = "";
  at("map").replaceChildren();
  const stream = (await call("translate/stream", { text })).body.pipeThrough(new TextDecoderStream());
  let rest = "";
  for await (const chunk of stream) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop();
    for (const line of lines)
      if (isNewest() && line.startsWith("data:")) at("said").textContent += JSON.parse(line.slice(5)).text;
  }
  const map = await (await call("translate/attention", { text })).json();
  if (isNewest()) draw(map);
});

function draw({ source, target, weights }) {
  const map = at("map");
  map.replaceChildren();
  map.style.gridTemplateColumns = `max-content repeat(${source.length}, minmax(16px, 1fr))`;
  const label = token => token.trim() || "␣";
  const end = source.length - 1;
  make(map, "span");
  source.forEach((token, i) => make(map, "span", { className: "column", textContent: i === end ? "end" : label(token) }));
  target.forEach((token, to) => {
    make(map, "span", { className: "row", textContent: label(token) });
    weights[to].forEach((weight, from) => {
      const cell = make(map, "div", { className: "cell", title: `${label(token)} ← ${from === end ? "end" : label(source[from])}: ${(100 * weight).toFixed(0)} %` });
      cell.style.background = `rgba(var(--accent), ${0.04 + 0.96 * Math.sqrt(weight)})`;
    });
  });
}

async function showHealth() {
  const health = await fetch("health/ready").then(answer => answer.json()).catch(() => ({ status: "Unreachable" }));
  at("health").textContent = { Healthy: "ready", Degraded: "ready, an older model serves", Unhealthy: "models are not there yet" }[health.status] ?? health.status;
  at("health").className = `pill ${health.status === "Healthy" ? "good" : "bad"}`;
}

function choose(example, chip) {
  for (const other of at("examples").children) other.ariaPressed = String(other === chip);
  at("sensors").replaceChildren();
  example.slots.forEach((slot, i) => {
    const label = make(at("sensors"), "label", { textContent: slot });
    make(label, "input", { type: "number", step: "any", value: example.features[i], name: slot });
  });
  return detect();
}

at("sensors").addEventListener("input", () => detect());
at("ask").addEventListener("submit", event => { event.preventDefault(); translate(); });

await showHealth();
const examples = await (await call("anomaly/examples")).json();
const chips = examples.map(example => make(at("examples"), "button", { type: "button", textContent: example.name }));
chips.forEach((chip, i) => chip.addEventListener("click", () => choose(examples[i], chip)));
const first = Math.min(1, examples.length - 1);
await choose(examples[first], chips[first]);
await translate();
