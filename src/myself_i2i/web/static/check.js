/** The check page: reads a picture in this browser, shows what is found, and asks the registry only when told to. */

import { embedded } from "./containers.js";
import { lookUp } from "./look-up.js";
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
part("send").addEventListener("click", ask);
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
  part("found").hidden = part("answer").hidden = true;
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
  part("send").disabled = quality < LEAST_QUALITY;
  part("flat").hidden = quality >= LEAST_QUALITY;
  part("status").textContent = say("done");
  part("found").hidden = false;
  part("found-title").focus();
}

function says({ size, label, mark }) {
  const told = say("manifest", { bytes: count(size), label: label || "–" });
  return mark ? `${told} ${say("manifest_mark")}` : told;
}

async function ask() {
  const mine = turn;
  part("send").disabled = true;
  part("status").textContent = say("asking");
  try {
    const near = await lookUp(turned, words.at);
    if (mine === turn) answer(near);
  } catch {
    if (mine === turn) part("status").textContent = say("failed");
  }
  if (mine === turn) part("send").disabled = false;
}

function answer(near) {
  part("status").textContent = "";
  part("answer-says").textContent = near.length ? say("some", { count: near.length }) : say("none");
  part("matches").replaceChildren(...near.map(item));
  part("answer").hidden = false;
  part("answer-title").focus();
}

function item({ mark, distance, turned }) {
  const card = part("match").content.cloneNode(true);
  const fill = (name, text) => (card.querySelector(`.${name}`).textContent = text);
  const link = card.querySelector("a");
  link.href = `${words.at}/s/${mark.digest}${words.lang && `?lang=${words.lang}`}`;
  link.textContent = mark.code;
  fill("near", say("near", { distance }) + (turned ? ` ${say("turned")}` : ""));
  const key = mark.keyid.slice(0, 16);
  fill("maker", mark.maker.name ? say("by", { name: mark.maker.name, key }) : say("by_key", { key }));
  fill("logged", `${mark.loggedAt.slice(0, 16).replace("T", " ")} UTC`);
  fill("inputs", say("inputs", { count: mark.mark.sources?.length ?? 0 }));
  fill("standing", mark.standing === "stands" ? "" : words[mark.standing]);
  return card;
}
