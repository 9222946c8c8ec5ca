/** The check page: reads a picture in this browser, shows what is found, and asks the registry only when told to. */

import { embedded } from "./containers.js";
import { answerTo, marksNear } from "./look-up.js";
import { samples } from "./picture.js";
import { LEAST_QUALITY, orientations } from "./pdq64.js";

const part = (id) => document.getElementById(id);
const words = JSON.parse(part("words").textContent);
const say = (key, values = {}) => words[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
const count = (number) => new Intl.NumberFormat(words.language).format(number);

let turn = 0; // of the picture that is shown: answers about an earlier one come too late
let turned = [];

part("drop").hidden = false;
part("file").addEventListener("change", ({ target }) => {
  read(target.files[0]);
  target.value = ""; // the same file may be chosen again
});
part("send").addEventListener("click", () => ask(marksNear, showMarks));
part("ask").addEventListener("click", () => ask(answerTo, showAnswer));
for (const name of ["dragenter", "dragover", "dragleave", "drop"]) {
  addEventListener(name, (event) => {
    event.preventDefault(); // a picture dropped beside the field is not opened in its place
    part("drop").classList.toggle("over", name === "dragenter" || name === "dragover");
    if (name === "drop") read(event.dataTransfer.files[0]);
  });
}

async function read(file) {
  if (!file) return;
  const mine = ++turn;
  for (const one of ["found", "answer", "asked"]) part(one).hidden = true;
  part("status").textContent = say("reading");
  try {
    const found = await findings(file);
    if (mine === turn) show(file, found);
  } catch (error) {
    if (mine === turn) part("status").textContent = say(error instanceof RangeError ? "too_large" : "unreadable");
  }
}

async function findings(file) {
  const picture = await samples(file);
  const bytes = new Uint8Array(await file.arrayBuffer());
  const { width, height } = picture;
  return { width, height, turned: orientations(picture), sha256: await sha256(bytes), ...embedded(bytes) };
}

/** Browsers compute digests on secure connections only. */
async function sha256(bytes) {
  if (!globalThis.crypto?.subtle) return say("no_sha256");
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function show(file, found) {
  const { width, height, manifest } = found;
  turned = found.turned;
  const [{ hex, quality }] = turned;
  URL.revokeObjectURL(part("preview").src);
  part("preview").src = URL.createObjectURL(file);
  part("name").textContent = say("size", { name: file.name, width, height, bytes: count(file.size) });
  part("manifest").textContent = manifest ? says(manifest) : say("manifest_none");
  part("tag").textContent = found.tag ?? say("tag_none");
  part("fingerprint").textContent = hex;
  part("quality").textContent = say("quality", { quality });
  part("sha256").textContent = found.sha256;
  allow(quality >= LEAST_QUALITY);
  part("flat").hidden = quality >= LEAST_QUALITY;
  part("status").textContent = say("done");
  part("found").hidden = false;
  part("found-title").focus();
}

function says({ size, label, mark }) {
  const told = say("manifest", { bytes: count(size), label: label || "–" });
  return mark ? `${told} ${say("manifest_mark")}` : told;
}

function allow(asking) {
  part("send").disabled = part("ask").disabled = !asking;
}

/** Ask one question about the picture that is shown, and show the answer unless another was chosen meanwhile. */
async function ask(question, show) {
  const mine = turn;
  allow(false);
  part("status").textContent = say("asking");
  try {
    const answer = await question(turned, words.at);
    if (mine !== turn) return;
    show(answer);
    part("status").textContent = "";
  } catch {
    if (mine === turn) part("status").textContent = say("failed");
  }
  if (mine === turn) allow(true);
}

function showMarks(near) {
  part("answer-says").textContent = near.length ? say("some", { count: near.length }) : say("none");
  part("matches").replaceChildren(...near.map(markNear));
  part("answer").hidden = false;
  part("answer-title").focus();
}

function markNear({ mark, distance, turned }) {
  return filled("match", `/s/${mark.digest}`, {
    code: mark.code,
    standing: standing(mark.standing),
    near: say("near", { distance }) + (turned ? ` ${say("turned")}` : ""),
    maker: mark.maker.name ? say("by", { name: mark.maker.name, key: key(mark.keyid) }) : say("by_key", { key: key(mark.keyid) }),
    logged: moment(mark.loggedAt),
    inputs: mark.mark.sources?.length ? say("inputs", { count: mark.mark.sources.length }) : say("inputs_none"),
  });
}

function showAnswer({ signed, says }) {
  part("asked-says").textContent = says.says[words.language];
  part("hits").replaceChildren(...(says.hits ?? []).map(hit));
  part("asked-not").replaceChildren(...says.doesNotShow.map((one) => line(one[words.language])));
  URL.revokeObjectURL(part("keep").href);
  part("keep").href = URL.createObjectURL(new Blob([signed], { type: "application/json" }));
  part("asked").hidden = false;
  part("asked-title").focus();
}

function hit({ what, mark, basis, same, permissions = [] }) {
  const made = filled("hit", `/s/${mark.statement}`, {
    what: say(what, { basis: words[basis] }),
    standing: standing(mark.standing),
    near: say("near", { distance: same.distance }) + (same.view ? ` ${say("turned")}` : ""),
    logged: moment(mark.loggedAt),
    maker: say("by_key", { key: key(mark.maker) }),
    permissions: permissions.length ? say("permissions", { count: permissions.length }) : say("permissions_none"),
  });
  made.querySelector(".granted").hidden = what !== "source";
  return made;
}

/** A copy of a template of the page, with its link, and the text of each part by the name of its class. */
function filled(template, place, texts) {
  const made = part(template).content.cloneNode(true);
  made.querySelector("a").href = `${words.at}${place}${words.lang && `?lang=${words.lang}`}`;
  for (const [name, text] of Object.entries(texts)) made.querySelector(`.${name}`).textContent = text;
  return made;
}

function line(text) {
  const made = document.createElement("li");
  made.textContent = text;
  return made;
}

function standing(value) {
  return value === "stands" ? "" : words[value];
}

function key(keyid) {
  return keyid.slice(0, 16);
}

function moment(at) {
  return `${at.slice(0, 16).replace("T", " ")} UTC`;
}
