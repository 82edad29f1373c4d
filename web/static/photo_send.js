// What photos need on their way: made smaller, a glimpse of each, where it was taken, and the request that carries it.

const LONGEST = 2560; // pixels, as the server keeps it
const LEAST = 400_000; // bytes; a photo below is sent as it is
const PATIENCE = 120_000; // ms for one photo
const QUIET = 60_000; // ms in which nothing moves: there is no network, whatever the device says
const SOON = 4000; // ms for the place
const token = () => document.querySelector('meta[name="csrf-token"]').content;

/** Hour and minute of a moment in the district. */
export const clock = (iso) => new Date(iso).toLocaleTimeString("en-GB", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit" });

/** An element with its class and text. */
export function el(name, look, text) {
  const made = document.createElement(name);
  if (look) made.className = look;
  if (text) made.textContent = text;
  return made;
}

/** The photo upright and no larger than is kept, as a JPEG; the file itself when the browser cannot read it (the server says what it is). */
export async function smaller(file) {
  if (!file.type.startsWith("image/") || file.size < LEAST) return file;
  try {
    const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height));
    const canvas = Object.assign(document.createElement("canvas"), { width: Math.round(bitmap.width * scale), height: Math.round(bitmap.height * scale) });
    canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
    return blob && blob.size < file.size ? blob : file;
  } catch {
    return file;
  }
}

/** A small picture to look at while the photo is on its way; empty when the browser cannot read it. */
export async function glimpse(file) {
  try {
    const bitmap = await createImageBitmap(file, { imageOrientation: "from-image", resizeWidth: 320 });
    const canvas = Object.assign(document.createElement("canvas"), { width: bitmap.width, height: bitmap.height });
    canvas.getContext("2d").drawImage(bitmap, 0, 0);
    bitmap.close();
    return canvas.toDataURL("image/jpeg", 0.7);
  } catch {
    return "";
  }
}

/** "lat,lon" of the device, empty when it does not say soon. */
export function where() {
  return new Promise((done) => {
    if (!navigator.geolocation) done("");
    else navigator.geolocation.getCurrentPosition(({ coords }) => done(`${coords.latitude.toFixed(5)},${coords.longitude.toFixed(5)}`), () => done(""),
      { timeout: SOON, maximumAge: 60_000, enableHighAccuracy: true });
  });
}

/** Sends one file; answers {status, body}, status 0 without network. `told` hears the share sent, in percent. */
export function post(parts, told) {
  return new Promise((done) => {
    const ask = new XMLHttpRequest();
    ask.open("POST", "/files");
    ask.timeout = PATIENCE;
    ask.responseType = "json";
    ask.setRequestHeader("X-CSRFToken", token());
    ask.setRequestHeader("Accept", "application/json");
    let quiet = setTimeout(() => ask.abort(), QUIET);
    ask.upload.addEventListener("progress", (event) => {
      clearTimeout(quiet);
      quiet = setTimeout(() => ask.abort(), QUIET);
      if (event.lengthComputable) told(Math.round((event.loaded / event.total) * 100));
    });
    for (const name of ["load", "error", "timeout", "abort"]) {
      ask.addEventListener(name, () => {
        clearTimeout(quiet);
        done({ status: name === "load" ? ask.status : 0, body: ask.response || {} });
      });
    }
    ask.send(parts);
  });
}

/** A picture as it stands on the page, small enough to be kept with a form. */
export function small(img) {
  if (!img?.complete || !img.naturalWidth) return "";
  const canvas = Object.assign(document.createElement("canvas"), { width: 320, height: Math.round((320 * img.naturalHeight) / img.naturalWidth) });
  canvas.getContext("2d").drawImage(img, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL("image/jpeg", 0.7);
}
