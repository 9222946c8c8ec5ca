/**
 * What a picture file carries beside its picture: whether a C2PA manifest is in it, and whether its XMP has the tag.
 *
 * Finds and names; checks no signature and believes nothing (`myself-i2i check` does the checking). PNG, JPEG, WebP and
 * AVIF; other files have nothing here. Reads any bytes without throwing, and each of them a few times at most.
 */

const MOST_PARTS = 20_000;
const MOST_XMP = 4_000_000;
const DEEPEST = 3; // store, manifest, assertion store, assertion
const LONGEST_LABEL = 512;
const MARK = "org.myself-i2i.mark";
const PNG_XMP = "XML:com.adobe.xmp\0";
const JPEG_XMP = "http://ns.adobe.com/xap/1.0/\0";
const C2PA_BOX = "d8fec3d61b0e483c92975828877ec481";
const TAG = /(?<![A-Za-z0-9_&/])#(myself_i2i|noi2i)(?![\p{L}\p{N}_・\u200c\u200d])/iu;
const KEYWORD = /<rdf:li(?:\s[^<>]{0,200})?>\s{0,20}#?(myself_i2i|noi2i)\s{0,20}<\/rdf:li>/iu;

/**
 * What is in the file.
 * @param {Uint8Array} file the bytes of a whole file
 * @returns {{manifest: null | {size: number, label: string, mark: boolean}, tag: null | string}} `mark` tells whether
 *     the active manifest has an assertion of ours; `tag` is "#Myself_i2i", or "#Noi2i", the tag before it.
 */
export function embedded(file) {
  const found = { store: null, xmp: "" };
  if (starts(file, 0, "\x89PNG\r\n\x1a\n")) png(file, found);
  else if (starts(file, 0, "\xff\xd8")) jpeg(file, found);
  else if (starts(file, 0, "RIFF") && starts(file, 8, "WEBP")) webp(file, found);
  else if (starts(file, 4, "ftyp")) avif(file, found);
  return { manifest: found.store && manifest(found.store), tag: tag(found.xmp) };
}

function png(file, found) {
  for (let at = 8, left = MOST_PARTS; at + 8 <= file.length && left; left--) {
    const body = part(file, at + 8, number(file, at));
    if (starts(file, at + 4, "caBX")) found.store ??= body;
    // A keyword is followed by two flags and two names that XMP leaves empty; a compressed packet is not read.
    if (starts(file, at + 4, "iTXt") && starts(body, 0, PNG_XMP)) found.xmp += text(body, PNG_XMP.length + 4);
    at += 12 + body.length;
  }
}

function jpeg(file, found) {
  const parts = new Map();
  for (let at = 2, left = MOST_PARTS; at + 4 <= file.length && file[at] === 0xff && left; left--) {
    const marker = file[at + 1];
    if (marker === 0xff) {
      at += 1; // fill
      continue;
    }
    if (marker === 0xda || marker === 0xd9) break;
    const body = part(file, at + 4, number(file, at + 2, 2) - 2);
    if (marker === 0xe1 && starts(body, 0, JPEG_XMP)) found.xmp += text(body, JPEG_XMP.length);
    if (marker === 0xeb && starts(body, 0, "JP") && body.length >= 16) {
      const instance = number(body, 2, 2);
      if (!parts.has(instance)) parts.set(instance, []);
      parts.get(instance).push(body);
    }
    at += 4 + body.length;
  }
  for (const one of parts.values()) found.store ??= joined(one);
}

/** One box out of its segments: each repeats the header of the box, and the first one's counts. */
function joined(parts) {
  parts.sort((a, b) => number(a, 4) - number(b, 4));
  const pieces = parts.map((body, index) => body.subarray(index ? 8 + (number(body, 8) === 1 ? 16 : 8) : 8));
  const whole = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return labelled(whole)?.label === "c2pa" ? whole : null;
}

function webp(file, found) {
  for (let at = 12, left = MOST_PARTS; at + 8 <= file.length && left; left--) {
    const body = part(file, at + 8, new DataView(file.buffer, file.byteOffset + at + 4, 4).getUint32(0, true));
    if (starts(file, at, "C2PA")) found.store ??= body;
    if (starts(file, at, "XMP ")) found.xmp += text(body, 0);
    at += 8 + body.length + (body.length % 2);
  }
}

/** A `uuid` box: version and flags, "manifest" and a zero byte, a place of 8 bytes, then the store. XMP is not looked for. */
function avif(file, found) {
  for (const { kind, body } of boxes(file)) {
    if (kind === "uuid" && hex(body.subarray(0, 16)) === C2PA_BOX) {
      const end = body.indexOf(0, 20);
      if (end > 0) found.store ??= body.subarray(end + 9);
    }
  }
}

/** Size, label of the active manifest (the last one), and whether it has our assertion. */
function manifest(store) {
  const manifests = labelled(store)?.inner ?? [];
  const active = manifests.map(labelled).findLast((one) => one !== null);
  return { size: store.length, label: active?.label ?? "", mark: active ? holds(active, DEEPEST) : false };
}

function holds({ label, inner }, deeper) {
  if (label === MARK || label.startsWith(`${MARK}__`)) return true;
  return deeper > 0 && inner.some((box) => {
    const one = labelled(box);
    return one !== null && holds(one, deeper - 1);
  });
}

/** A JUMBF superbox (ISO/IEC 19566-5): its label, and the superboxes in it, whole; null when it is none. */
function labelled(bytes) {
  const [outer] = boxes(bytes);
  if (outer?.kind !== "jumb") return null;
  const [description, ...inner] = boxes(outer.body);
  if (description?.kind !== "jumd" || description.body.length < 17) return null;
  const named = description.body.subarray(17, 17 + LONGEST_LABEL);
  const end = named.indexOf(0);
  const label = description.body[16] & 2 && end > 0 ? text(named.subarray(0, end), 0) : "";
  return { label, inner: inner.filter(({ kind }) => kind === "jumb").map(({ whole }) => whole) };
}

/** The boxes that follow each other in `bytes` (ISO/IEC 14496-12 §4.2), as far as they are whole. */
function boxes(bytes) {
  const found = [];
  for (let at = 0; at + 8 <= bytes.length && found.length < MOST_PARTS; ) {
    let header = 8;
    let size = number(bytes, at);
    if (size === 1 && at + 16 <= bytes.length) {
      header = 16;
      size = number(bytes, at + 8) * 2 ** 32 + number(bytes, at + 12);
    } else if (size === 0) {
      size = bytes.length - at;
    }
    if (size < header || at + size > bytes.length) break;
    const whole = bytes.subarray(at, at + size);
    found.push({ kind: latin(bytes.subarray(at + 4, at + 8)), body: whole.subarray(header), whole });
    at += size;
  }
  return found;
}

function tag(xmp) {
  const plain = xmp.normalize("NFKC");
  const found = TAG.exec(plain) ?? KEYWORD.exec(plain);
  if (found === null) return null;
  return found[1].toLowerCase() === "noi2i" ? "#Noi2i" : "#Myself_i2i";
}

/** So many bytes from `at`, or what there is of them. */
function part(file, at, size) {
  return file.subarray(at, at + Math.max(0, size));
}

/** The big-endian number of `size` bytes at `at`; bytes past the end are 0. */
function number(bytes, at, size = 4) {
  let value = 0;
  for (let place = at; place < at + size; place++) value = value * 256 + (bytes[place] ?? 0);
  return value;
}

function starts(bytes, at, wanted) {
  return latin(bytes.subarray(at, at + wanted.length)) === wanted;
}

function latin(bytes) {
  return String.fromCharCode(...bytes);
}

function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function text(bytes, at) {
  return new TextDecoder().decode(bytes.subarray(at, at + MOST_XMP));
}
